import { z } from 'zod';
import { isLocalDate } from '#lib/calendar/days.ts';

/** Fields used by several administration forms. Messages are codes that the screens translate. */

const nameOr = (code: string) => z.string({ error: code }).trim().min(2, code).max(120, code);

/** Name of a person, an office or a thing: 2 to 120 characters. */
export const nameField = nameOr('admin_name');
/** The English name beside a name. */
export const englishNameField = nameOr('admin_name_en');

export const lineField = (max: number) => z.string({ error: 'admin_line' }).trim().max(max, 'admin_line').optional();

export const emailField = z.email('admin_email').max(200, 'admin_email').optional();

export const websiteField = z
	.url('admin_website')
	.regex(/^https?:\/\//i, 'admin_website')
	.max(300, 'admin_website')
	.optional();

export const dayField = z.string({ error: 'admin_date' }).refine(isLocalDate, 'admin_date');

/** A whole number between two limits, both included. */
export const wholeNumberField = (least: number, greatest: number) => {
	const code = 'whole_number';
	return z.coerce.number({ error: code }).int(code).min(least, code).max(greatest, code);
};

/** A check box: a form sends `on` or nothing. */
export const flagField = z
	.union([z.boolean(), z.enum(['on', 'true', 'false'])])
	.optional()
	.transform((value) => value === true || value === 'on' || value === 'true');

/** Reason of an irreversible action, shown in the audit log. */
export const reasonField = z.string({ error: 'admin_reason' }).trim().min(5, 'admin_reason').max(500, 'admin_reason');
