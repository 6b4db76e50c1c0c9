import { referenceData } from '#lib/server/reference/reference.ts';
import { z } from 'zod';
import { eq } from 'drizzle-orm';
import { EXAMPLE_MARK, type ServiceStandard } from '#lib/cases/service-standard.ts';
import { localDate } from '#lib/calendar/days.ts';
import { SERVICE_KINDS } from '#lib/cases/vocabulary.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { createOnce } from '#lib/server/db/create-once.ts';
import { oneRow, transaction, type Tx } from '#lib/server/db/index.ts';
import { services } from '#lib/server/db/schema/units.ts';
import { NotFound, invalid } from '#lib/server/errors.ts';
import { requireSeen, seenValues } from '#lib/server/stale-form.ts';
import { dayField, englishNameField, flagField, lineField, nameField } from '../form-fields.ts';
import { holds, type Actor } from '../actor.ts';
import { requireAdmin } from '../administration.ts';
import { byCode, isOpenToPublic } from './find-unit.ts';
import { recordChange, recordDifference } from '../audit.ts';

const WAYS = ['visit', 'website', 'whatsapp', 'email'] as const;

/** Whether the office has replaced the form's example by its own text. */
const isAdapted = (text: string | undefined) => !text?.includes(EXAMPLE_MARK);

/** A day that has begun in the first of Indonesia's time zones. */
const pastDay = dayField.refine((day) => day <= localDate(now(), 'Asia/Jayapura'), 'date_ahead');

/** The non-empty lines of a text field. */
const lines = z
	.string()
	.max(6000, 'admin_line')
	.refine(isAdapted, 'standard_example')
	.optional()
	.transform((text) =>
		(text ?? '')
			.split('\n')
			.map((one) => one.trim())
			.filter((one) => one !== '')
	);
/** Null if the published source does not state it; the page then refers to SIPPN. */
const linesOrUnknown = lines.transform((list) => (list.length > 0 ? list : null));
const orUnknown = (max: number) =>
	lineField(max)
		.refine(isAdapted, 'standard_example')
		.transform((text) => text ?? null);

const way = z.object({ requirements: lines, steps: linesOrUnknown, time: orUnknown(400) });

/** The published standard as sent by the form: one line per item, one group per way of getting the service. */
const standardSchema = z
	.object({
		decree: z.string({ error: 'standard_decree' }).trim().min(2, 'standard_decree').max(120, 'standard_decree'),
		decreeDate: pastDay.optional().transform((date) => date ?? null),
		source: z.string({ error: 'admin_source' }).trim().min(3, 'admin_source').max(300, 'admin_line'),
		retrievedOn: z.string({ error: 'standard_retrieved' }).pipe(pastDay),
		duration: orUnknown(400),
		fee: orUnknown(200),
		products: linesOrUnknown,
		complaints: lines,
		ways: z.partialRecord(z.enum(WAYS), way).optional()
	})
	.transform(({ ways, ...standard }): ServiceStandard => ({
		...standard,
		ways: WAYS.flatMap((name) => {
			const entry = ways?.[name];
			const empty = !entry || (entry.requirements.length === 0 && !entry.steps && !entry.time);
			return empty ? [] : [{ way: name, ...entry }];
		})
	}));

export type Service = typeof services.$inferSelect;

const serviceSchema = z.object({
	name: nameField.refine(isAdapted, 'standard_example'),
	nameEn: englishNameField.refine(isAdapted, 'standard_example'),
	active: flagField,
	/** Absent if the standard's part of the form was empty. */
	standard: standardSchema.optional().transform((standard) => standard ?? null)
});
const SERVICE_FIELDS = Object.keys(serviceSchema.shape);
const newServiceSchema = serviceSchema.extend({ kind: z.enum(SERVICE_KINDS, { error: 'admin_service_kind' }) });

/** Services of the administrator's units, by unit code and name. */
export async function listServices(actor: Actor) {
	const { services, units } = await referenceData();
	return units
		.filter(({ id }) => actor.units.admin.includes(id))
		.toSorted(byCode)
		.flatMap(({ id, name: unitName }) => {
			return services.filter(({ unitId }) => unitId === id).map((service) => ({ ...service, unitName }));
		});
}

/** Returns a service of a unit that the actor administers. @throws NotFound */
export async function serviceForAdmin(actor: Actor, serviceId: string): Promise<Service> {
	const service = (await referenceData()).services.find(({ id }) => id === serviceId);
	if (!service || !holds(actor, service.unitId, 'admin')) throw new NotFound(`service ${serviceId}`);
	return service;
}

/** What the form of a service was loaded with (see `requireSeen`). */
export const seenOfService = (service: Service): string => seenValues(service, SERVICE_FIELDS);

/** Creates a service; a unit has at most one of each kind. @throws NotFound · Invalid `admin_service_kind_taken` */
export async function createService(actor: Actor, unitId: string, raw: unknown): Promise<string> {
	requireAdmin(actor, unitId);
	const service = checked(newServiceSchema, raw);
	return transaction((tx) =>
		createOnce(tx, services, raw, async (id) => {
			const made = await insertService(tx, actor, { id, unitId, ...service });
			if (!made) throw invalid('kind', 'admin_service_kind_taken');
			return made;
		})
	);
}

/** Inserts a service, unless the unit has one of this kind. @returns its id */
async function insertService(tx: Tx, actor: Actor, { id, unitId, ...service }: typeof services.$inferInsert) {
	const [made] = await tx
		.insert(services)
		.values({ id, unitId, ...service })
		.onConflictDoNothing({ target: [services.unitId, services.kind] })
		.returning({ id: services.id });
	if (made) await recordChange(tx, actor, { unitId, action: 'service.created', subject: service.name, after: service });
	return made?.id;
}

/** Changes a service's names, published standard and whether it is offered. @throws NotFound · Conflict `stale` */
export async function changeService(actor: Actor, serviceId: string, raw: unknown): Promise<void> {
	const change = checked(serviceSchema, raw);
	const { unitId } = await serviceForAdmin(actor, serviceId);
	await transaction(async (tx) => {
		const before = await tx.select().from(services).where(eq(services.id, serviceId)).for('no key update').then(oneRow);
		requireSeen(raw, before, change, SERVICE_FIELDS);
		await tx.update(services).set(change).where(eq(services.id, serviceId));
		const about = { unitId, action: 'service.changed' as const, subject: before.name };
		await recordDifference(tx, actor, about, before, change);
	});
}

/**
 * Offices whose services the actor may copy: open ones, whose services everybody reads, and the actor's own. With their
 * active services.
 */
async function copySources(actor: Actor) {
	const { units, services } = await referenceData();
	return units
		.filter((unit) => isOpenToPublic(unit) || actor.units.admin.includes(unit.id))
		.map((unit) => ({ unit, offered: services.filter(({ unitId, active }) => unitId === unit.id && active) }))
		.filter(({ offered }) => offered.length > 0);
}

/**
 * What a copy would do: the offices to copy from, and for each office of the administrator the services that it would
 * get from `code`, and those that it has and keeps.
 * @throws NotFound if the actor may not copy from `code`
 */
export async function copyPlan(actor: Actor, code: string | null) {
	const sources = await copySources(actor);
	const chosen = code ? sources.find(({ unit }) => unit.code === code) : undefined;
	if (code && !chosen) throw new NotFound(`services of ${code}`);
	const { units, services } = await referenceData();
	const targets = units.filter(({ id }) => actor.units.admin.includes(id) && id !== chosen?.unit.id).toSorted(byCode);
	return {
		sources: sources.map(({ unit: { code, name } }) => ({ code, name })),
		from: chosen && { code: chosen.unit.code, name: chosen.unit.name },
		targets: targets.map(({ id, code, name }) => {
			const has = new Set(services.filter(({ unitId }) => unitId === id).map(({ kind }) => kind));
			const of = (kept: boolean) => (chosen?.offered ?? []).filter(({ kind }) => has.has(kind) === kept);
			const described = ({ name, standard }: Service) => ({ name, decree: standard?.decree ?? null });
			return { id, code, name, added: of(false).map(described), kept: of(true).map(described) };
		})
	};
}

const copySchema = z
	.object({
		from: z.string({ error: 'admin_unit' }),
		units: z.array(z.uuid('admin_unit'), { error: 'copy_no_office' }).min(1, 'copy_no_office'),
		/** The decree by which the offices themselves set the standards; without it, that of the source stays. */
		decree: lineField(120),
		decreeDate: pastDay.optional()
	})
	.refine(({ decree, decreeDate }) => decree || !decreeDate, { path: ['decree'], error: 'copy_decree' });

/**
 * Copies the services of an office, with their standards, to others. A service of a kind that an office has already is
 * never changed.
 * @returns how many services were added
 * @throws NotFound if the actor does not administer one of the offices · Invalid `copy_nothing`
 */
export async function copyServices(actor: Actor, raw: unknown): Promise<number> {
	const { from, units, decree, decreeDate } = checked(copySchema, raw);
	for (const id of units) requireAdmin(actor, id);
	const source = (await copySources(actor)).find(({ unit }) => unit.code === from);
	if (!source) throw new NotFound(`services of ${from}`);
	const retrievedOn = localDate(now(), source.unit.timeZone);
	// The source is then the decree, not where the other office's standard was read.
	const own = decree ? { decree, decreeDate: decreeDate ?? null, source: decree, retrievedOn } : {};
	const copies = source.offered.map(({ kind, name, nameEn, standard }) => {
		return { kind, name, nameEn, active: true, standard: standard && { ...standard, ...own } };
	});
	return transaction(async (tx) => {
		let added = 0;
		for (const unitId of units) {
			for (const service of copies) {
				if (await insertService(tx, actor, { unitId, ...service })) added += 1;
			}
		}
		if (added === 0) throw invalid('', 'copy_nothing');
		return added;
	});
}

export type OfferedService = Awaited<ReturnType<typeof servicesOf>>[number];

/** Active services of a unit, by name, each with its published standard if known. */
export async function servicesOf(unitId: string) {
	const offered = (await referenceData()).services.filter((service) => service.unitId === unitId && service.active);
	return offered.map(({ kind, name, nameEn, standard }) => ({ kind, name, nameEn, standard }));
}
