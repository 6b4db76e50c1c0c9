import { chainOf, referenceData } from '#lib/server/reference/reference.ts';
import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { locales } from '#lib/paraglide/runtime.js';
import { emptyHeadingsIn, TEMPLATE_USES, unknownPlaceholdersIn } from '#lib/cases/placeholders.ts';
import { seenVersion } from '#lib/cases/schema.ts';
import { checked } from '#lib/server/checked.ts';
import { createOnce } from '#lib/server/db/create-once.ts';
import { transaction, type Tx } from '#lib/server/db/index.ts';
import { answerTemplates } from '#lib/server/db/schema/answers.ts';
import { Conflict, NotFound, invalid } from '#lib/server/errors.ts';
import { holds, type Actor } from '#lib/server/people/actor.ts';
import { isRootAdmin } from '#lib/server/people/administration.ts';
import { recordChange, recordDifference } from '#lib/server/people/audit.ts';
import { flagField, nameField } from '#lib/server/people/form-fields.ts';
import { byCode, unitTree, type UnitInTree } from '#lib/server/people/units/find-unit.ts';

export type Template = typeof answerTemplates.$inferSelect;

const templateSchema = z.object({
	name: nameField,
	use: z.enum(TEMPLATE_USES, { error: 'template_use' }),
	language: z.enum(locales, { error: 'template_language' }),
	body: z.string({ error: 'template_body' }).trim().min(10, 'template_body').max(4000, 'template_body_long'),
	active: flagField
});
/** `unitId` is absent for a common template. */
const newTemplateSchema = templateSchema.extend({ unitId: z.uuid('admin_unit').optional() });

/** Templates for a case of the unit: its own and those of units above, nearest first, then the common ones. */
export async function templatesFor(unit: { path: string }): Promise<Template[]> {
	const chain = chainOf(unit).reverse();
	const { templates } = await referenceData();
	const offered = templates.filter(({ active, unitId }) => active && (unitId === null || chain.includes(unitId)));
	const near = ({ unitId }: Template) => (unitId === null ? chain.length : chain.indexOf(unitId));
	// Indonesian first, because most reporters write it.
	const second = ({ language }: Template) => (language === 'id' ? 0 : 1);
	return offered.sort((a, b) => near(a) - near(b) || second(a) - second(b));
}

/** Whether the actor manages templates of any office, and so may read the common ones. */
const managesTemplates = (actor: Actor): boolean => actor.units.admin.length + actor.units.supervisor.length > 0;

const mayManage = (actor: Actor, unitId: string) => holds(actor, unitId, 'admin', 'supervisor');

/** The offices whose templates the actor manages, in tree order. */
export async function unitsForTemplates(actor: Actor): Promise<UnitInTree[]> {
	return (await unitTree()).filter((unit) => mayManage(actor, unit.id));
}

/** The templates that the actor manages, and the common ones to read. */
export async function listTemplates(actor: Actor): Promise<(Template & { unitName: string | null })[]> {
	const own = [...actor.units.admin, ...actor.units.supervisor];
	const { units, templates } = await referenceData();
	const offices = [...units.filter(({ id }) => own.includes(id)).sort(byCode), null];
	const byUse = templates.toSorted((a, b) => a.use.localeCompare(b.use));
	return offices.flatMap((unit) => {
		const unitName = unit?.name ?? null;
		return byUse.filter(({ unitId }) => unitId === (unit?.id ?? null)).map((one) => ({ ...one, unitName }));
	});
}

/** A template that the actor may read, and whether they may change it. @throws NotFound */
export async function managedTemplate(actor: Actor, id: string): Promise<Template & { mayChange: boolean }> {
	const template = (await referenceData()).templates.find((one) => one.id === id);
	if (!template || !(template.unitId === null ? managesTemplates(actor) : mayManage(actor, template.unitId))) {
		throw new NotFound(`template ${id}`);
	}
	return { ...template, mayChange: template.unitId !== null || (await isRootAdmin(actor)) };
}

/**
 * Refuses unknown placeholders and empty headings. A question may have empty headings, because reporters fill them in.
 */
function requireUsable({ use, body }: Pick<Template, 'use' | 'body'>): void {
	const headings = use === 'question' ? [] : emptyHeadingsIn(body);
	if (headings.length > 0) {
		const params = { names: headings.map((heading) => `“${heading}”`).join(', '), open: '{', close: '}' };
		throw invalid('body', 'template_heading', params);
	}
	const unknown = unknownPlaceholdersIn(body);
	if (unknown.length === 0) return;
	const params = { names: unknown.map((name) => `{${name}}`).join(', ') };
	throw invalid('body', 'template_unknown', params);
}

/** Adds a template to an office. Root administrators can add a common one. @throws NotFound · Invalid */
export async function createTemplate(actor: Actor, raw: unknown): Promise<void> {
	const { unitId = null, ...template } = checked(newTemplateSchema, raw);
	requireUsable(template);
	await transaction(async (tx) => {
		await requireMayManage(tx, actor, unitId);
		await createOnce(tx, answerTemplates, raw, async (id) => {
			await tx.insert(answerTemplates).values({ id, unitId, ...template });
			await recordChange(tx, actor, { unitId, action: 'template.created', subject: template.name, after: template });
		});
	});
}

/** Changes a template, or disables it. @throws NotFound · Conflict `stale` · Invalid */
export async function changeTemplate(actor: Actor, id: string, raw: unknown): Promise<void> {
	const { version, ...change } = checked(templateSchema.extend({ version: seenVersion }), raw);
	requireUsable(change);
	const before = await managedTemplate(actor, id);
	await transaction(async (tx) => {
		await requireMayManage(tx, actor, before.unitId);
		const changed = await tx
			.update(answerTemplates)
			.set({ ...change, version: version + 1 })
			.where(and(eq(answerTemplates.id, id), eq(answerTemplates.version, version)))
			.returning({ id: answerTemplates.id });
		if (changed.length === 0) throw new Conflict('stale', { version: before.version });
		const about = { unitId: before.unitId, action: 'template.changed' as const, subject: before.name };
		await recordDifference(tx, actor, about, before, change);
	});
}

async function requireMayManage(tx: Tx, actor: Actor, unitId: string | null): Promise<void> {
	const may = unitId === null ? await isRootAdmin(actor) : mayManage(actor, unitId);
	if (!may) throw new NotFound(`unit ${unitId}`);
}
