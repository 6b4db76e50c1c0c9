import { z } from 'zod';
import { isLocalDate } from '#lib/calendar/days.ts';
import { email, phone, submissionId, trimmedText, version } from './schema.ts';
import { CONTACT_WAYS, RECORD_KINDS } from './vocabulary.ts';

const MINIMUM = { answer: 1, objection: 10 } as const;

/** "Catat jawaban pelapor": a reporter's message outside the site, with its way and time (local time of the office). */
export const recordInput = z
	.object({
		kind: z.enum(RECORD_KINDS, { error: 'record_kind_missing' }),
		by: z.enum(CONTACT_WAYS, { error: 'record_by_missing' }),
		on: z.string({ error: 'spoken_at_missing' }).refine(isLocalDate, 'date_invalid'),
		time: z.string({ error: 'spoken_at_missing' }).regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'spoken_at_missing'),
		body: trimmedText(4000, 'message_long').optional(),
		phone: phone.optional(),
		email: email.optional(),
		submission_id: submissionId,
		version
	})
	.check(({ value: { kind, body = '', phone, email }, issues }) => {
		const issue = (field: string, message: string) =>
			issues.push({ code: 'custom', input: body, path: [field], message });
		if (kind === 'contact' && !phone && !email) issue('phone', 'record_contact_missing');
		if (kind !== 'answer' && kind !== 'objection') return;
		if (body.length < MINIMUM[kind]) issue('body', body === '' ? 'record_body_missing' : 'dispute_short');
	});
export type RecordInput = z.output<typeof recordInput>;
