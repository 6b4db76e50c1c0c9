import { z } from 'zod';
import type { WorkdayHours } from '#lib/calendar/workday-hours.ts';
import { canBeDialled, plainPhone, withMobileZero } from '#lib/text/phone.ts';
import { dayField, emailField, flagField, lineField, nameField, websiteField } from '../form-fields.ts';

/** WCAG 2.2, 1.4.3: minimum contrast of text. The accent is used under white text and as text on white. */
const LEAST_CONTRAST = 4.5;

/** WCAG's relative luminance of an sRGB colour `#rrggbb`: 0 for black, 1 for white. */
function luminance(colour: string): number {
	const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
		const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
		return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
	});
	return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

export const carriesWhiteText = (colour: string): boolean => 1.05 / (luminance(colour) + 0.05) >= LEAST_CONTRAST;

/**
 * First path segments used by the site itself. An office with such a slug would be unreachable or would hide a page.
 */
export const RESERVED_SLUGS: ReadonlySet<string> = new Set([
	...['admin', 'api', 'berkas', 'desk', 'healthz', 'insight', 'kiosk', 'lacak', 'login', 'logout', 'me', 'metrics'],
	...['nilai', 'privasi', 'q', 'readyz', 'sandi', 'surel', 'terima', 'lupakan.css'],
	// Reserved for the framework and browsers, and some for future pages.
	...['_app', 'favicon.ico', 'robots.txt', 'service-worker.js', 'manifest.webmanifest', 'assets', 'static'],
	...['en', 'id', 'bantuan', 'tentang', 'saran', 'permintaan', 'pengaduan', 'layanan', 'lapor', 'skm']
]);

const slug = z
	.string({ error: 'admin_slug' })
	.trim()
	.toLowerCase()
	.min(2, 'admin_slug')
	.max(40, 'admin_slug')
	.regex(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/, 'admin_slug')
	.refine((text) => !RESERVED_SLUGS.has(text), 'admin_slug_reserved');

const timeZone = z.string({ error: 'admin_zone' }).refine((zone) => {
	try {
		const { timeZone: known } = new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions();
		return known.includes('/');
	} catch {
		return false;
	}
}, 'admin_zone');

const clockTime = z
	.string({ error: 'admin_time' })
	.regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, { error: 'admin_time', abort: true });
const inOrder = ({ start, end }: { start: string; end: string }) => start < end;
const reversed = { path: ['end'], message: 'admin_range' };
/** A time of Friday without the other one. */
const fridayTime = z.string({ error: 'admin_time_friday' }).pipe(clockTime);
const fridayHours = z.object({ start: fridayTime, end: fridayTime }).refine(inOrder, reversed);
const week = { start: clockTime, end: clockTime, friday: fridayHours.optional() };

const period = z
	.object({ name: nameField, from: dayField, to: dayField, ...week })
	.refine(inOrder, reversed)
	.refine(({ from, to }) => from <= to, { path: ['to'], message: 'admin_range' });

/**
 * Office hours as sent by the form: the same for all days except Friday. Any other key (`period0`) is a period such as
 * Ramadan with its own hours. Periods are at the same level because names in the form have at most four levels.
 */
const hoursSchema = z
	.object(week)
	.catchall(period)
	.refine(({ start, end }) => inOrder({ start, end }), reversed)
	.transform(({ start, end, friday, ...periods }): WorkdayHours => {
		const others = (Object.values(periods) as z.output<typeof period>[]).map(({ name, from, to, ...hours }) => ({
			name,
			from,
			to,
			...weekHours(hours)
		}));
		return { ...weekHours({ start, end, friday }), ...(others.length > 0 ? { periods: others } : {}) };
	});

const FRIDAY = 5;

function weekHours({ start, end, friday }: { start: string; end: string; friday?: { start: string; end: string } }) {
	return { start, end, ...(friday ? { weekdays: { [FRIDAY]: friday } } : {}) };
}

/** Stored hours as the form sends them: the inverse of `hoursSchema`. */
export function hoursAsSent({ periods = [], ...hours }: WorkdayHours) {
	const asSent = ({ start, end, weekdays }: Pick<WorkdayHours, 'start' | 'end' | 'weekdays'>) => {
		const friday = weekdays?.[FRIDAY];
		return { start, end, ...(friday ? { friday } : {}) };
	};
	const named = periods.map(({ name, from, to, ...week }, index) => {
		return [`period${index}`, { name, from, to, ...asSent(week) }] as const;
	});
	return { ...asSent(hours), ...Object.fromEntries(named) };
}

const phoneField = lineField(40).transform((phone) => phone && withMobileZero(phone));

/** Fields of a unit that an administrator may change. Code and parent stay, because references contain the code. */
export const unitSchema = z.object({
	slug,
	name: nameField,
	timeZone,
	hours: hoursSchema,
	accent: z
		.string({ error: 'admin_colour' })
		.trim()
		.toLowerCase()
		.regex(/^#[0-9a-f]{6}$/, 'admin_colour')
		.refine((colour) => !/^#[0-9a-f]{6}$/.test(colour) || carriesWhiteText(colour), 'admin_colour_light'),
	address: lineField(300),
	/** Not all stored numbers can be dialled: see `changeUnit`. */
	phone: phoneField,
	whatsapp: z
		.string()
		.trim()
		.transform(withMobileZero)
		.refine((typed) => /^(?:\+|0|62)\d{8,14}$/.test(plainPhone(typed)), 'admin_whatsapp')
		.optional(),
	email: emailField,
	website: websiteField,
	responsible: lineField(120),
	headOfficerId: z.uuid('admin_officer').optional(),
	privacyAccountId: z.uuid('admin_privacy_account').optional(),
	privacyName: lineField(120),
	privacyContact: lineField(300),
	guestBookHidden: flagField,
	inboundHidden: flagField,
	ratingFaces: flagField
});
export type UnitChange = z.output<typeof unitSchema>;

export const newUnitSchema = unitSchema.extend({
	code: z
		.string({ error: 'admin_code' })
		.trim()
		.regex(/^\d{4}$/, 'admin_code'),
	phone: phoneField.refine((phone) => !phone || canBeDialled(phone), 'admin_phone'),
	parentId: z.uuid('admin_unit').optional()
});
