import { beforeEach, expect, test } from 'vitest';
import type { Role } from '#lib/cases/vocabulary.ts';
import { inbox } from '#lib/server/cases/inbox/inbox.ts';
import { actorOf, type Actor } from '#lib/server/people/actor.ts';
import { personForAdmin } from '#lib/server/people/directory.ts';
import { tokenActor } from '#lib/server/people/sign-in/tokens.ts';
import { makeActor, makeCase, makeOfficer, makeUnit, idOf } from '#lib/dev/testing/factories.ts';
import { giveEmailAddress } from '#lib/dev/testing/notices.ts';
import { requestTo } from '#lib/dev/testing/request.ts';
import { actions as officerActions } from './officers/[id]/+page.server.ts';
import { actions as personActions } from './people/[id]/+page.server.ts';
import { actions as newPersonActions } from './people/new/+page.server.ts';
import { actions as tokenActions } from './tokens/new/+page.server.ts';

let unit: Awaited<ReturnType<typeof makeUnit>>;
let admin: Actor;
let head: Actor;
let adminOfficer: Awaited<ReturnType<typeof makeOfficer>>;

/** A province and its regency with two cases, one about an administrator who is also an officer, and the regency's head. */
beforeEach(async () => {
	const province = await makeUnit();
	unit = await makeUnit({ parent: province });
	adminOfficer = await makeOfficer(unit.id);
	admin = await makeActor([[unit.id, 'admin']], adminOfficer.id);
	head = await makeActor([[unit.id, 'supervisor']]);
	await makeActor([[province.id, 'supervisor', 'admin']]);
	await makeCase(unit, { officer: adminOfficer.id });
	await makeCase(unit);
});

/** Runs a page's action as the administrator and returns its data, its failure or the address of its redirect. */
async function send(action: unknown, fields: Record<string, string>, id = ''): Promise<Record<string, unknown>> {
	const event = requestTo('/admin', { actor: admin, fields, params: { id } });
	return (action as (event: never) => Promise<Record<string, unknown>>)(event).catch((thrown: unknown) => {
		if (typeof thrown === 'object' && thrown !== null && 'location' in thrown) return { location: thrown.location };
		throw thrown;
	});
}

/** Number of cases that an account can open now. */
async function casesOpenTo(accountId: string): Promise<number> {
	const actor = await actorOf(accountId);
	return actor ? (await inbox(actor, {})).items.length : 0;
}

const emailOf = async (accountId: string) => (await personForAdmin(admin, accountId)).email;

test.each(['handler', 'supervisor'] as Role[])('an administrator cannot make herself a %s', async (role) => {
	await send(personActions.grant, { unitId: unit.id, role }, idOf(admin));
	expect(await casesOpenTo(idOf(admin))).toBe(0);
});

test('an administrator cannot create an account with access to cases without approval', async () => {
	const fields = { name: 'Orang Contoh', username: `baru${unit.code}`, unitId: unit.id, roles: 'handler' };
	const { location } = await send(newPersonActions.default, fields);
	expect(await casesOpenTo(/people\/([^?]+)/.exec(String(location))?.[1] ?? '')).toBe(0);
});

test('an administrator never sees a password link of an account with access to cases', async () => {
	expect(await send(personActions.link, {}, idOf(head))).not.toHaveProperty('link');
});

test('an administrator cannot change the e-mail address of an account with access to cases', async () => {
	const own = await giveEmailAddress(head);
	await send(personActions.details, { name: 'Kepala Contoh', email: 'lain@contoh.invalid', active: 'on' }, idOf(head));
	expect(await emailOf(idOf(head))).toBe(own);
});

test('an administrator cannot reactivate an account with access to cases', async () => {
	await send(personActions.details, { name: 'Kepala Contoh' }, idOf(head));
	expect(await actorOf(idOf(head))).toBeUndefined();
	await send(personActions.details, { name: 'Kepala Contoh', active: 'on' }, idOf(head));
	expect(await casesOpenTo(idOf(head))).toBe(0);
});

test('a token that an administrator makes for a supervisor reads no cases before approval', async () => {
	const fields = { name: 'Token', accountId: idOf(head), unitId: unit.id, scopes: 'cases:read' };
	const { token } = await send(tokenActions.default, fields);
	const bearer = await tokenActor(String(token));
	expect(bearer ? (await inbox(bearer, {})).items.length : 0).toBe(0);
});

test('an administrator who handles cases cannot read cases about herself by unlinking her officer record', async () => {
	admin = await makeActor([[unit.id, 'admin', 'handler']]);
	await send(officerActions.default, { name: adminOfficer.name, accountId: '', active: 'on' }, adminOfficer.id);
	const own = await makeOfficer(unit.id);
	await send(officerActions.default, { name: own.name, accountId: idOf(admin), active: 'on' }, own.id);
	await makeCase(unit, { officer: own.id });
	const before = await casesOpenTo(idOf(admin));
	await send(officerActions.default, { name: own.name, active: 'on' }, own.id);
	await send(officerActions.default, { name: own.name, accountId: idOf(head), active: 'on' }, own.id);
	expect(await casesOpenTo(idOf(admin))).toBe(before);
});

test('an administrator who hands over is led to a page that is still open to them', async () => {
	const successor = await makeActor([[unit.id, 'admin']]);
	const revoke = (id: string, role: Role = 'admin') => send(personActions.revoke, { unitId: unit.id, role }, id);
	expect(await revoke(idOf(successor))).toEqual({ location: `/admin/people/${idOf(successor)}?saved` });
	expect(await revoke(idOf(admin))).toEqual({ location: '/me?saved' });
	admin = await makeActor([[unit.id, 'admin', 'handler']]);
	expect(await revoke(idOf(admin), 'handler')).toEqual({ location: `/admin/people/${idOf(admin)}?saved` });
	expect(await revoke(idOf(admin))).toEqual({ location: '/me?saved' });
});
