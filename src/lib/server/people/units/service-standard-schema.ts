import { z } from 'zod';
import type { ServiceStandard } from '#lib/cases/service-standard.ts';
import { dayField, lineField, nameField } from '../form-fields.ts';

const WAYS = ['visit', 'website', 'whatsapp', 'email'] as const;

/** Lines of a text field; empty ones don't count. */
const lines = z
	.string()
	.max(6000, 'admin_line')
	.optional()
	.transform((text) =>
		(text ?? '')
			.split('\n')
			.map((one) => one.trim())
			.filter((one) => one !== '')
	);
/** Null if the published source doesn't show it: the page then points to SIPPN instead of guessing. */
const linesOrUnknown = lines.transform((list) => (list.length > 0 ? list : null));
const orUnknown = (max: number) => lineField(max).transform((text) => text ?? null);

const way = z.object({ requirements: lines, steps: linesOrUnknown, time: orUnknown(400) });

/** The published standard as a form sends it: a line of text per item, one group per way of getting the service. */
export const standardSchema = z
	.object({
		decree: nameField,
		decreeDate: dayField.optional().transform((date) => date ?? null),
		source: z.string({ error: 'admin_source' }).trim().min(3, 'admin_source').max(300, 'admin_line'),
		retrievedOn: dayField,
		duration: orUnknown(400),
		fee: orUnknown(200),
		products: linesOrUnknown,
		complaints: lines,
		ways: z.partialRecord(z.enum(WAYS), way).optional()
	})
	.transform(({ ways, ...standard }): ServiceStandard => ({
		...standard,
		ways: WAYS.flatMap((name) => {
			const given = ways?.[name];
			const empty = !given || (given.requirements.length === 0 && !given.steps && !given.time);
			return empty ? [] : [{ way: name, ...given }];
		})
	}));
