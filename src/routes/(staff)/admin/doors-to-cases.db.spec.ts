import { beforeEach, expect, test } from 'vitest';
import type { Role } from '#lib/cases/vocabulary.ts';
import { inbox } from '#lib/server/cases/inbox/inbox.ts';
import { actorOf, type Actor } from '#lib/server/people/actor.ts';
import { personForAdmin } from '#lib/server/people/directory.ts';
import { tokenActor } from '#lib/server/people/sign-in/tokens.ts';
import { useFreshDatabase } from '#lib/dev/testing/database.ts';
import { makeActor, makeCase, makeOfficer, makeUnit, idOf } from '#lib/dev/testing/factories.ts';
import { withAddress } from '#lib/dev/testing/notices.ts';
import { actions as officerActions } from './officers/[id]/+page.server.ts';
import { actions as personActions } from './people/[id]/+page.server.ts';
import { actions as newPersonActions } from './people/new/+page.server.ts';
import { actions as tokenActions } from './tokens/new/+page.server.ts';

useFreshDatabase();

let unit: Awaited<ReturnType<typeof makeUnit>>;
let admin: Actor;
let head: Actor;
let adminOfficer: Awaited<ReturnType<typeof makeOfficer>>;

/** A province with one case in its regency, an administrator who is rated too, and the regency's head. */
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

/** What the page's action answers to the administrator: data, a failure or where it sends her. */
async function send(action: unknown, fields: Record<string, string>, id = ''): Promise<Record<string, unknown>> {
	const url = new URL('http://127.0.0.1/admin');
	const request = new Request(url, { method: 'POST', body: new URLSearchParams(fields) });
	const event = { request, url, params: { id }, locals: { actor: admin, lang: 'id' } };
	return (action as (event: unknown) => Promise<Record<string, unknown>>)(event).catch((thrown: unknown) => {
		if (typeof thrown === 'object' && thrown !== null && 'location' in thrown) return { location: thrown.location };
		throw thrown;
	});
}

/** How many cases an account opens as it stands now. */
async function opens(accountId: string): Promise<number> {
	const actor = await actorOf(accountId);
	return actor ? (await inbox(actor, {})).items.length : 0;
}

const emailOf = async (accountId: string) => (await personForAdmin(admin, accountId)).email;

test.each(['handler', 'supervisor'] as Role[])('an administrator cannot make herself a %s', async (role) => {
	await send(personActions.grant, { unitId: unit.id, role }, idOf(admin));
	expect(await opens(idOf(admin))).toBe(0);
});

test('a new account does not open cases because an administrator says so', async () => {
	const fields = { name: 'Orang Contoh', username: `baru${unit.code}`, unitId: unit.id, roles: 'handler' };
	const { location } = await send(newPersonActions.default, fields);
	expect(await opens(/people\/([^?]+)/.exec(String(location))?.[1] ?? '')).toBe(0);
});

test('an administrator is never shown a password link of an account that opens cases', async () => {
	expect(await send(personActions.link, {}, idOf(head))).not.toHaveProperty('link');
});

test('an administrator cannot point the e-mail address of an account that opens cases at herself', async () => {
	const own = await withAddress(head);
	await send(personActions.details, { name: 'Kepala Contoh', email: 'lain@contoh.invalid', active: 'on' }, idOf(head));
	expect(await emailOf(idOf(head))).toBe(own);
});

test('an administrator cannot switch an account that opens cases on again', async () => {
	await send(personActions.details, { name: 'Kepala Contoh' }, idOf(head));
	expect(await actorOf(idOf(head))).toBeUndefined();
	await send(personActions.details, { name: 'Kepala Contoh', active: 'on' }, idOf(head));
	expect(await opens(idOf(head))).toBe(0);
});

test('a token that an administrator makes reads no cases', async () => {
	const wanted = { name: 'Token', accountId: idOf(head), unitId: unit.id, scopes: 'cases:read' };
	const { token } = await send(tokenActions.default, wanted);
	const bearer = await tokenActor(String(token));
	expect(bearer ? (await inbox(bearer, {})).items.length : 0).toBe(0);
});

test('an administrator who handles cases cannot unlink her officer record to open those about herself', async () => {
	admin = await makeActor([[unit.id, 'admin', 'handler']]);
	await send(officerActions.details, { name: adminOfficer.name, accountId: '', active: 'on' }, adminOfficer.id);
	const own = await makeOfficer(unit.id);
	await send(officerActions.details, { name: own.name, accountId: idOf(admin), active: 'on' }, own.id);
	await makeCase(unit, { officer: own.id });
	const before = await opens(idOf(admin));
	await send(officerActions.details, { name: own.name, active: 'on' }, own.id);
	await send(officerActions.details, { name: own.name, accountId: idOf(head), active: 'on' }, own.id);
	expect(await opens(idOf(admin))).toBe(before);
});
