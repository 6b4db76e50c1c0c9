import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { checked } from '#lib/server/checked.ts';
import { oneRow, transaction } from '#lib/server/db/index.ts';
import { LINK_PURPOSES, units, type LinkPurpose, type OfficeLink } from '#lib/server/db/schema/units.ts';
import type { Unit } from '#lib/server/reference/reference.ts';
import { requireSeen, seenValues } from '#lib/server/stale-form.ts';
import type { Actor } from '../actor.ts';
import { recordDifference } from '../audit.ts';
import { englishNameField, lineField, nameField } from '../form-fields.ts';
import { nearestAbove } from './find-unit.ts';
import { unitForAdmin } from './units.ts';

/** Links per purpose. More would hide the form below them. */
const MAX_LINKS = 8;

/** A public `https` address. An account in it would be shown to everybody. */
const address = z
	.url({ protocol: /^https$/, hostname: z.regexes.domain, error: 'admin_link_url' })
	.max(300, 'admin_link_url')
	.refine((url) => !/^https:\/\/[^/]*@/i.test(url), 'admin_link_url');

const link = z.object({
	name: nameField,
	nameEn: englishNameField,
	text: lineField(200),
	textEn: lineField(200),
	url: address,
	position: z.coerce.number('admin_link_position').int('admin_link_position').min(1, 'admin_link_position').max(99)
});

/** A row without name and address is the empty one that the form offers, or one that the person emptied. */
const rowSchema = z.preprocess(
	(row: Record<string, unknown>) => (row.name || row.url ? row : undefined),
	link.optional()
);

const purposeSchema = z
	.object({ use: z.enum(['above', 'own'], { error: 'admin_link_use' }) })
	.catchall(rowSchema)
	.transform(({ use, ...rows }, context): OfficeLink[] | undefined => {
		const filled = Object.values(rows as Record<string, z.output<typeof rowSchema>>).filter((row) => row !== undefined);
		// Links that somebody typed are not dropped silently.
		if (use === 'above' && filled.length > 0)
			context.addIssue({ code: 'custom', message: 'admin_link_above', path: ['use'] });
		if (filled.length > MAX_LINKS) context.addIssue({ code: 'custom', message: 'admin_link_many', path: ['use'] });
		if (use === 'above') return undefined;
		return filled.toSorted((a, b) => a.position - b.position).map(({ position: _position, ...rest }) => rest);
	});

const linksSchema = z.object(
	Object.fromEntries(LINK_PURPOSES.map((purpose) => [purpose, purposeSchema])) as Record<
		LinkPurpose,
		typeof purposeSchema
	>
);

/** The links that an office shows: its own, else those of the nearest office above that has chosen some. */
async function linksFor(unit: Pick<Unit, 'path'>, purpose: LinkPurpose): Promise<readonly OfficeLink[]> {
	return (await nearestAbove(unit, ({ links }) => links[purpose])) ?? [];
}

/** The links that citizens see, in the language of the page. */
export async function shownLinks(unit: Pick<Unit, 'path'>, purpose: LinkPurpose, lang: string) {
	const english = lang === 'en';
	return (await linksFor(unit, purpose)).map(({ url, name, nameEn, text, textEn }) => ({
		url,
		name: english ? nameEn : name,
		text: english ? textEn : text
	}));
}

/**
 * The links of an office for its form: those that it shows per purpose, and whether they are its own. @throws NotFound
 */
export async function linksForAdmin(actor: Actor, unitName: string) {
	const unit = await unitForAdmin(actor, unitName);
	const isRoot = unit.parentId === null;
	const purposes = LINK_PURPOSES.map(async (purpose) => ({
		purpose,
		own: isRoot || unit.links[purpose] !== undefined,
		links: await linksFor(unit, purpose)
	}));
	const { id, code } = unit;
	/** `seen`: what the form was loaded with (see `requireSeen`). */
	return { id, code, isRoot, purposes: await Promise.all(purposes), seen: seenValues(unit.links) };
}

/**
 * Replaces the links of an office. A purpose that the office leaves open is shown as the office above shows it; an
 * empty list shows none.
 * @throws Invalid, for example `admin_link_url` · NotFound · Conflict `stale`
 */
export async function changeLinks(actor: Actor, unitName: string, raw: unknown): Promise<void> {
	const links = checked(linksSchema, raw);
	const { id } = await unitForAdmin(actor, unitName);
	await transaction(async (tx) => {
		const before = await tx.select().from(units).where(eq(units.id, id)).for('no key update').then(oneRow);
		requireSeen(raw, before.links, links);
		await tx.update(units).set({ links }).where(eq(units.id, id));
		const about = { unitId: id, action: 'unit.links' as const, subject: before.code };
		await recordDifference(tx, actor, about, before.links, links);
	});
}
