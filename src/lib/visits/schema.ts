import { z } from 'zod';
import { CHANNELS, SERVICE_KINDS } from '#lib/cases/vocabulary.ts';
import { LONGEST_PURPOSE, NOTE_STEPS, VISIT_CHANNELS } from './vocabulary.ts';

// Messages are codes: `errors.{id,en}.json` has their words under `error_<code>`. Forms leave empty fields out.

const service = z.enum(SERVICE_KINDS, 'service_invalid');
const officer = z.uuid('rating_officer');
const place = z.uuid('rating_place');
const channel = z.enum(VISIT_CHANNELS, 'visit_channel');
const purpose = z.string('visit_purpose').trim().max(LONGEST_PURPOSE, 'visit_purpose');

/** A new line of the guest book. No name, no contact. */
export const visitNote = z.object({
	unit: z.string('unit_missing').trim().max(60, 'unit_missing'),
	service: service.optional(),
	officer: officer.optional(),
	place: place.optional(),
	channel,
	purpose: purpose.optional(),
	step: z.enum(NOTE_STEPS, 'visit_step'),
	/** Made with the form: the same form sent twice is one visit. */
	submission_id: z.uuid('submission_id')
});

/** Who begins to serve, where it is another person or desk than noted. */
export const visitBeginning = z.object({ officer: officer.optional(), place: place.optional() });

/** What was wrong in an entry and how it should have read; a field that is left out is emptied. */
export const visitCorrection = z.object({
	service: service.optional(),
	officer: officer.optional(),
	place: place.optional(),
	/** Any, for visits that another system noted. */
	channel: z.enum(CHANNELS, 'visit_channel'),
	purpose: purpose.optional(),
	reason: z.string('visit_reason').trim().min(5, 'visit_reason').max(300, 'visit_reason')
});
