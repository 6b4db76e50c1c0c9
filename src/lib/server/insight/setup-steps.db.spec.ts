import { eq } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import { addDays, localDate } from '#lib/calendar/days.ts';
import { DEFAULT_WORKDAY_HOURS } from '#lib/calendar/workday-hours.ts';
import { noteFailed, noteWorked } from '#lib/server/channels/connections/connections.ts';
import { listNotices } from '#lib/server/channels/notice-list.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { storeSetting } from '#lib/server/db/settings.ts';
import { officers, units } from '#lib/server/db/schema/units.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { Invalid, NotAllowed, NotFound, OfficeClosed } from '#lib/server/errors.ts';
import { testConnection } from '#lib/server/escalation/connection/connection.ts';
import { addAbsence } from '#lib/server/people/absence.ts';
import { type Actor, systemActor } from '#lib/server/people/actor.ts';
import { grantRole } from '#lib/server/people/grant-roles.ts';
import { unitByIdOrName } from '#lib/server/people/units/find-unit.ts';
import { createPasswordLink } from '#lib/server/people/sign-in/password-links.ts';
import { openingState, placeholderName } from '#lib/server/people/units/opening.ts';
import { createService } from '#lib/server/people/units/services.ts';
import { createUnit } from '#lib/server/people/units/units.ts';
import { createVisit } from '#lib/server/visits/entries.ts';
import { forwardingTo, SANDBOX_DEFAULTS } from '#lib/dev/lapor-sandbox/options.ts';
import { startSandbox } from '#lib/dev/lapor-sandbox/server.ts';
import { makeConnection } from '#lib/dev/testing/channels/incoming.ts';
import {
	idOf,
	makeActor,
	makeCase,
	makeOfficer,
	makeOfficerWithAccount,
	makePlace,
	makeUnit
} from '#lib/dev/testing/factories.ts';
import { noticesTo } from '#lib/dev/testing/notices.ts';
import { clockOf, seenByReporter } from '#lib/dev/testing/office.ts';
import { codesOf, logOf } from '#lib/dev/testing/outcomes.ts';
import { closeToPublic, openToPublic } from './open-to-public.ts';
import { confirmStep, officesToOpen, setupOf, withdrawStep } from './setup-steps.ts';

let unitId: string;
let admin: Actor;

const unitNow = async () => (await unitByIdOrName(unitId))!;
const signedUp = (actor: Actor) =>
	db()
		.update(accounts)
		.set({ passwordHash: 'x' })
		.where(eq(accounts.id, idOf(actor)));

beforeAll(async () => {
	const office = { code: '7600', slug: 'contoh', name: 'Kantor Contoh', timeZone: 'Asia/Makassar' };
	unitId = await createUnit(await systemActor([]), { ...office, hours: DEFAULT_WORKDAY_HOURS, accent: '#0b5cad' });
	admin = await makeActor([[unitId, 'admin']]);
});

test('a new office is closed, and takes neither reports nor visits', async () => {
	const unit = await unitNow();
	expect(unit.state).toBe('new');
	await expect(makeCase(unit)).rejects.toBeInstanceOf(OfficeClosed);
	const visit = createVisit({ unit: '7600', channel: 'walk_in' }, { accountId: null, within: [unitId] });
	await expect(visit).rejects.toBeInstanceOf(OfficeClosed);
});

test('an office opens only with a handler, a second person who is free to approve, a service and a place', async () => {
	const lacks = async () => (await openingState(await unitNow())).lacks;
	const open = () => openToPublic(admin, { units: [unitId] });
	expect(await lacks()).toEqual(['handler', 'approver', 'service', 'place']);
	// A form without a ticked box sends no field.
	expect(await codesOf(openToPublic(admin, {}))).toEqual(['opening_none']);
	const both = await makeActor([[unitId, 'handler', 'supervisor']]);
	expect(await lacks()).toContain('handler');
	await signedUp(both);
	// The only handler can't approve their own answers.
	expect(await lacks()).toEqual(['approver_handles', 'service', 'place']);
	const head = await makeActor([[unitId, 'supervisor']]);
	await signedUp(head);
	await createService(admin, unitId, { kind: 'library', name: 'Perpustakaan', nameEn: 'Library', active: 'on' });
	await makePlace(unitId);
	const today = localDate(now(), 'Asia/Makassar');
	expect(await lacks()).toEqual([]);
	await addAbsence(admin, idOf(head), { fromDay: today, toDay: addDays(today, 1) });
	expect(await lacks()).toEqual(['approver_handles']);
	await addAbsence(admin, idOf(both), { fromDay: today, toDay: today });
	expect(await lacks()).toEqual(['approver_absent']);
	expect(await codesOf(open())).toEqual(['opening_lacks']);
	expect((await unitNow()).state).toBe('new');
	await signedUp(await makeActor([[unitId, 'supervisor']]));
	await open();
	expect((await unitNow()).state).toBe('open');
	await expect(openToPublic(await makeActor([]), { units: [unitId] })).rejects.toBeInstanceOf(NotFound);
});

test('closing again needs a reason, keeps earlier reports running, and both are in the log', async () => {
	const { reference } = await makeCase(await unitNow());
	await expect(closeToPublic(admin, unitId, { reason: '' })).rejects.toBeInstanceOf(Invalid);
	await closeToPublic(admin, unitId, { reason: 'Gedung dipugar.' });
	await expect(makeCase(await unitNow())).rejects.toBeInstanceOf(OfficeClosed);
	expect(await clockOf(reference, 'first_reply')).toMatchObject({ state: 'running' });
	expect((await seenByReporter(reference)).reference).toBe(reference);
	const entries = (await logOf('7600')).filter(({ action }) => /unit\.(opened|closed)/.test(action));
	expect(entries.map(({ action, reason }) => [action, reason])).toEqual([
		['unit.opened', null],
		['unit.closed', 'Gedung dipugar.']
	]);
});

test('one step opens a closed office again, and with it a new one below that has no people of its own', async () => {
	const below = await makeUnit({ parent: await unitNow(), state: 'new' });
	const both = await makeActor([[unitId, 'admin']]);
	await createService(both, below.id, { kind: 'library', name: 'Perpustakaan', nameEn: 'Library', active: 'on' });
	await makePlace(below.id);
	// The table of offices says the same as the office's own page.
	expect((await officesToOpen(both)).find(({ id }) => id === below.id)).toMatchObject({
		...{ state: 'new', needsStaffOfOfficeAbove: true, needs: [], lacks: ['officer', 'standard'], withoutPassword: 0 }
	});
	const { steps, ...path } = await setupOf(both, below.code);
	expect(path).toMatchObject({ needs: [], needsStaffOfOfficeAbove: true });
	expect(steps.find(({ step }) => step === 'people')?.lacks).toEqual(['own_people']);
	expect((await setupOf(both, '7600')).needsStaffOfOfficeAbove).toBe(false);
	const ids = { units: [unitId, below.id] };
	expect((await openToPublic(both, ids)).toSorted()).toEqual(['7600', below.code].toSorted());
	expect(await openToPublic(both, ids)).toEqual([]);
	expect([(await unitNow()).state, (await unitByIdOrName(below.id))?.state]).toEqual(['open', 'open']);
});

test('an office without a name of its own can’t be opened, and the path says so', async () => {
	const below = await makeUnit({ parent: await unitNow(), state: 'new' });
	await db()
		.update(units)
		.set({ name: placeholderName(below.code) })
		.where(eq(units.id, below.id));
	const both = await makeActor([[unitId, 'admin']]);
	await createService(both, below.id, { kind: 'library', name: 'Perpustakaan', nameEn: 'Library', active: 'on' });
	await makePlace(below.id);
	const { needs, steps } = await setupOf(both, below.code);
	expect([needs, steps[0]?.lacks[0]]).toEqual([['name'], 'name']);
	expect(await codesOf(openToPublic(both, { units: [below.id] }))).toEqual(['opening_lacks']);
});

test('the path shows what is missing by the data; only people of a root confirm what only people know', async () => {
	const missing = async () => new Map((await setupOf(admin, '7600')).steps.map(({ step, lacks }) => [step, lacks]));
	expect(Object.fromEntries(await missing())).toEqual({
		office: ['address', 'contact', 'responsible'],
		people: ['passwords'],
		officers: ['officer'],
		services: ['standard'],
		places: [],
		channels: ['channel'],
		mail: ['mail_server'],
		lapor: [],
		backup: ['backup', 'restore'],
		key: ['key']
	});
	expect(await codesOf(confirmStep(admin, { step: 'key', note: '' }))).toEqual(['setup_note']);
	const note = 'Ani dan Budi Contoh, berita acara 2 Maret 2026';
	await confirmStep(admin, { step: 'key', note });
	expect((await missing()).get('key')).toEqual([]);
	const statement = async () => (await setupOf(admin, '7600')).steps.find(({ step }) => step === 'key')?.statement;
	expect(await statement()).toMatchObject({ note, by: idOf(admin) });
	await withdrawStep(admin, { step: 'key' });
	expect([(await missing()).get('key'), await statement()]).toEqual([['key'], null]);
	await storeSetting(db(), 'setup:key', '2026-03-02T01:00:00.000Z');
	expect(await statement()).toEqual({ at: '2026-03-02T01:00:00.000Z', by: null, note: '', name: null });
	const { id } = await makeConnection(await unitNow());
	expect((await missing()).get('channels')).toEqual(['channel_test']);
	await noteWorked(id);
	expect((await missing()).get('channels')).toEqual([]);
	await noteFailed(id, 'refused');
	expect((await missing()).get('channels')).toEqual(['channel_test']);
	const below = await makeUnit({ parent: await unitNow() });
	const regency = await makeActor([[below.id, 'admin']]);
	await expect(confirmStep(regency, { step: 'backup', note })).rejects.toBeInstanceOf(NotAllowed);
	expect(await officesToOpen(regency)).toMatchObject([
		{
			code: below.code,
			state: 'open',
			needs: ['service', 'place'],
			lacks: ['passwords', 'officer'],
			withoutPassword: 1
		}
	]);
});

test('with the API of SP4N-LAPOR!, the path lacks a test until the newest one has succeeded', async () => {
	const lapor = async () => (await setupOf(admin, '7600')).steps.find(({ step }) => step === 'lapor')?.lacks;
	const sandbox = await startSandbox({ ...SANDBOX_DEFAULTS, file: null, port: 0 });
	overrideEnv(forwardingTo(sandbox.url));
	const found = [await lapor()];
	for (const url of ['http://127.0.0.1:9', sandbox.url, 'http://127.0.0.1:9']) {
		overrideEnv(forwardingTo(url));
		await testConnection(admin);
		found.push(await lapor());
	}
	await sandbox.close();
	overrideEnv({ LAPOR_MODE: 'manual' });
	expect(found).toEqual([['lapor_test'], ['lapor_test'], [], ['lapor_test']]);
});

test('once it has officers, the path lists what protects reporters and who is invited', async () => {
	const step = async () => (await setupOf(admin, '7600')).steps.find((one) => one.step === 'officers');
	expect(await step()).toMatchObject({ lacks: ['officer'], extras: [] });
	const officer = await makeOfficer(unitId);
	await makeOfficerWithAccount(unitId);
	await db().update(officers).set({ photoKey: 'kunci' }).where(eq(officers.id, officer.id));
	expect(await step()).toMatchObject({
		lacks: [],
		extras: [
			{ extra: 'accounts', count: 1 },
			{ extra: 'consents', count: 1 },
			{ extra: 'head', count: 1 }
		]
	});
	const before = (await setupOf(admin, '7600')).invited;
	await createPasswordLink(admin, idOf(await makeActor([[unitId, 'manager']])));
	expect((await setupOf(admin, '7600')).invited).toBe(before + 1);
});

test('the supervisors above learn of an office that opens below one with reports, and who works there', async () => {
	const province = await makeUnit();
	const above = await makeActor([[province.id, 'supervisor']]);
	// Without any handler, nobody above handles the reports of an office below.
	await signedUp(above);
	const lonely = await makeUnit({ parent: province, state: 'new' });
	expect(await openingState(lonely)).toMatchObject({
		lacks: ['handler', 'service', 'place'],
		needsStaffOfOfficeAbove: false
	});
	const open = async () => {
		const young = await makeUnit({ parent: province, state: 'new' });
		const opener = await makeActor([[young.id, 'admin']]);
		const handler = await makeActor([[young.id, 'handler']]);
		const head = await makeActor([[young.id, 'supervisor']]);
		for (const person of [handler, head]) await signedUp(person);
		const invited = await makeActor([[young.id, 'handler']]);
		await createService(opener, young.id, { kind: 'library', name: 'Layanan', nameEn: 'Service', active: 'on' });
		await makePlace(young.id);
		await openToPublic(opener, { units: [young.id] });
		const handlers: unknown = expect.arrayContaining([handler.name, invited.name]);
		const data = { name: young.name, by: opener.name, handlers, supervisors: [head.name], invited: [invited.name] };
		return { head, data, opener, young };
	};
	await open();
	expect(await noticesTo(above)).toEqual([]);
	await makeCase(province);
	const { head, data, opener, young } = await open();
	expect((await listNotices(above)).items).toMatchObject([{ kind: 'office_opened', data }]);
	expect(await noticesTo(head)).toEqual([]);
	// After the first report, a new role waits, and the path says so.
	await makeCase(young);
	const added = await makeActor([[young.id, 'admin']]);
	expect(await grantRole(opener, idOf(added), { unitId: young.id, role: 'handler' })).toBe(true);
	expect((await setupOf(opener, young.code)).rolesWaiting).toEqual([added.name]);
	expect((await setupOf(admin, '7600')).rolesWaiting).toEqual([]);
});
