import { z } from 'zod';
import { CHANNELS, SERVICE_KINDS } from '#lib/cases/vocabulary.ts';
import { LONGEST_PURPOSE, NEW_ENTRY_STATES, VISIT_CHANNELS } from './vocabulary.ts';

// Messages are codes; their texts are in `errors.{id,en}.json` under `error_<code>`. Forms omit empty fields.

const service = z.enum(SERVICE_KINDS, 'service_invalid');
const officer = z.uuid('rating_officer').toLowerCase();
const place = z.uuid('rating_place').toLowerCase();
const channel = z.enum(VISIT_CHANNELS, 'visit_channel');
const purpose = z.string('visit_purpose').trim().max(LONGEST_PURPOSE, 'visit_purpose');

/** A new entry of the guest book, without name and contact of the visitor. */
export const guestBookEntry = z.object({
	unit: z.string('unit_missing').trim().max(60, 'unit_missing'),
	service: service.optional(),
	officer: officer.optional(),
	place: place.optional(),
	channel,
	purpose: purpose.optional(),
	/** The writer has read that the purpose may name a person, and keeps it. */
	purposeChecked: z.string().optional(),
	step: z.enum(NEW_ENTRY_STATES, 'visit_step'),
	/** Created with the form, so that the same form sent twice is one visit. */
	submission_id: z.uuid('submission_id')
});

/** Officer and desk at the beginning of the service, if they differ from the recorded ones. */
export const visitBeginning = z.object({ officer: officer.optional(), place: place.optional() });

/** Corrected values of an entry and the reason. An omitted field is cleared. */
export const visitCorrection = z.object({
	service: service.optional(),
	officer: officer.optional(),
	place: place.optional(),
	/** Any channel, because another system may have recorded the visit. */
	channel: z.enum(CHANNELS, 'visit_channel'),
	purpose: purpose.optional(),
	reason: z.string('visit_reason').trim().min(5, 'visit_reason').max(300, 'visit_reason')
});
