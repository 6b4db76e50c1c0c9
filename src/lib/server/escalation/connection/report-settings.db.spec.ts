import { eq } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import { db } from '#lib/server/db/index.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import { laporLists } from '#lib/server/db/schema/lapor.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { NotAllowed, NotFound } from '#lib/server/errors.ts';
import {
	reportSettings,
	changeLaporOptions,
	laporOptions,
	changeLaporOfUnit,
	laporOfUnit,
	removeTargetCategory,
	setTargetCategory
} from './report-settings.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { makeActor, makeUnit } from '#lib/dev/testing/factories.ts';

let province: Awaited<ReturnType<typeof makeUnit>>;
let regency: Awaited<ReturnType<typeof makeUnit>>;
let rootAdmin: Actor;
let admin: Actor;

beforeAll(async () => {
	province = await makeUnit();
	regency = await makeUnit({ parent: province });
	rootAdmin = await makeActor([[province.id, 'admin']]);
	admin = await makeActor([[regency.id, 'admin']]);
});

test('an id that an office leaves empty is inherited from the unit above', async () => {
	await changeLaporOfUnit(rootAdmin, province.id, { ids: { channel: '12', location: '7600', 'category:time': '5' } });
	await changeLaporOfUnit(admin, regency.id, { ids: { location: ' 7604 ', channel: '' }, recordAllAtLapor: 'true' });
	expect(await laporOfUnit(admin, regency.code)).toMatchObject({
		own: { location: '7604' },
		effective: { channel: '12', location: '7604', 'category.time': '5' },
		recordAllAtLapor: true
	});
	const log = await db().select().from(auditEntries).where(eq(auditEntries.subject, regency.code));
	expect(log).toMatchObject([{ action: 'lapor.changed', unitId: regency.id }]);
});

test('changing the ids of an office keeps its ids for single institutions', async () => {
	await db()
		.update(units)
		.set({ laporIds: { location: '1', 'category.time@200102': '9' } })
		.where(eq(units.id, regency.id));
	await changeLaporOfUnit(admin, regency.id, { ids: { user: '3', somebody: '4' } });
	expect((await laporOfUnit(admin, regency.code)).own).toEqual({ 'category.time@200102': '9', user: '3' });
});

test('an id must be a number, except the template, and is set only by administrators of the office', async () => {
	const wrong = changeLaporOfUnit(admin, regency.id, { ids: { channel: 'dua belas' } });
	await expect(wrong).rejects.toMatchObject({ issues: [{ path: 'ids.channel', code: 'admin_lapor_id' }] });
	await changeLaporOfUnit(admin, regency.id, { ids: { template: 'TL-01', user: '3' } });
	expect((await laporOfUnit(admin, regency.code)).own).toMatchObject({ template: 'TL-01' });
	await expect(changeLaporOfUnit(admin, province.id, { ids: {} })).rejects.toThrow(NotFound);
	await expect(laporOfUnit(admin, province.code)).rejects.toThrow(NotFound);
});

test('an institution, given by number or name, has its own category ids, and inherits others from the unit above', async () => {
	await db().update(units).set({ laporIds: {} }).where(eq(units.id, province.id));
	await db()
		.update(units)
		.set({ laporIds: { category: '7' } })
		.where(eq(units.id, regency.id));
	// Before the list was read, any number is accepted.
	await setTargetCategory(admin, regency.id, { target: '9', category: 'cost', id: '50' });
	await db().insert(laporLists).values({ kind: 'institution', id: '200102', name: 'Pemerintah Kabupaten Mamuju' });
	await setTargetCategory(rootAdmin, province.id, { target: '200102', id: '40' });
	await setTargetCategory(admin, regency.id, { target: 'pemerintah kabupaten mamuju', category: 'time', id: '41' });
	const unlisted = setTargetCategory(admin, regency.id, { target: '99', id: '50' });
	await expect(unlisted).rejects.toMatchObject({ issues: [{ code: 'escalation_institution_unknown' }] });
	expect((await laporOfUnit(admin, regency.code)).targets).toEqual([
		{
			key: 'category.time@200102',
			target: { id: '200102', name: 'Pemerintah Kabupaten Mamuju' },
			category: 'time',
			id: '41',
			inherited: false
		},
		{
			key: 'category@200102',
			target: { id: '200102', name: 'Pemerintah Kabupaten Mamuju' },
			category: null,
			id: '40',
			inherited: true
		},
		{ key: 'category.cost@9', target: { id: '9', name: null }, category: 'cost', id: '50', inherited: false }
	]);
	expect((await reportSettings(regency, 200_102)).categoryIds).toMatchObject({ time: 41, cost: 40, other: 40 });
	expect((await reportSettings(regency, undefined)).categoryIds).toMatchObject({ time: 7, cost: 7 });
	await removeTargetCategory(admin, regency.id, 'category.time@200102');
	await expect(removeTargetCategory(admin, regency.id, 'category@200102')).rejects.toThrow(NotFound);
	await expect(removeTargetCategory(admin, regency.id, 'category')).rejects.toThrow(NotFound);
	expect((await reportSettings(regency, 200_102)).categoryIds).toMatchObject({ time: 40 });
	const log = await db().select().from(auditEntries).where(eq(auditEntries.subject, regency.code));
	expect(log.at(-1)).toMatchObject({ action: 'lapor.changed', unitId: regency.id });
});

test('invalid ids for an institution are refused by field', async () => {
	const refused = (raw: Record<string, string>) => expect(setTargetCategory(admin, regency.id, raw)).rejects;
	await refused({ target: '9', id: 'x' }).toMatchObject({ issues: [{ path: 'id', code: 'admin_lapor_id' }] });
	await refused({ id: '1' }).toMatchObject({ issues: [{ path: 'target', code: 'escalation_missing' }] });
	await refused({ target: 'Dinas Entah', id: '1' }).toMatchObject({
		issues: [{ path: 'target', code: 'escalation_institution_unknown' }]
	});
	await refused({ target: '9', category: 'integrity', id: '1' }).toMatchObject({ issues: [{ path: 'category' }] });
	await expect(setTargetCategory(admin, province.id, { target: '9', id: '1' })).rejects.toThrow(NotFound);
});

test('root administrators set the flags of the installation, which apply to every office and are logged', async () => {
	expect(await laporOptions()).toMatchObject({ isInbox: true, isApproval: false, attachmentsTrailingDot: true });
	await expect(changeLaporOptions(admin, {})).rejects.toThrow(NotAllowed);
	await changeLaporOptions(rootAdmin, { isDisposition: 'on', isApproval: 'on', infoDisposition: ' Mohon ditelaah ' });
	expect(await reportSettings(regency, undefined)).toMatchObject({
		isInbox: false,
		isDisposition: true,
		isApproval: true,
		attachmentsTrailingDot: false,
		infoDisposition: 'Mohon ditelaah',
		infoAttachments: null
	});
	const long = changeLaporOptions(rootAdmin, { infoAttachments: 'x'.repeat(501) });
	await expect(long).rejects.toMatchObject({ issues: [{ path: 'infoAttachments' }] });
	const log = await db().select().from(auditEntries).where(eq(auditEntries.action, 'lapor.options_changed'));
	expect(log).toMatchObject([
		{ before: { isInbox: true, infoDisposition: null }, after: { isInbox: false, infoDisposition: 'Mohon ditelaah' } }
	]);
});
