import { desc, eq } from 'drizzle-orm';
import { z } from 'zod';
import { latestBackup } from '#lib/server/backup/list.ts';
import { connectionsOf } from '#lib/server/channels/connections/connections.ts';
import { mailServer } from '#lib/server/channels/mail-queue.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { removeSetting, storeSetting } from '#lib/server/db/settings.ts';
import { env } from '#lib/server/env.ts';
import { NotFound } from '#lib/server/errors.ts';
import { connectionState } from '#lib/server/escalation/connection/connection.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { namesOfWaitingRoles } from '#lib/server/people/access/list.ts';
import { isRootAdmin, requireRootAdmin, rootAdministrators } from '#lib/server/people/administration.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { listPeople } from '#lib/server/people/directory.ts';
import { openPasswordLinks } from '#lib/server/people/sign-in/password-links.ts';
import type { Unit } from '#lib/server/people/units/find-unit.ts';
import { openingState, openingStates, type OpeningNeed } from '#lib/server/people/units/opening.ts';
import { unitForAdmin, unitsForAdmin } from '#lib/server/people/units/units.ts';
import { referenceData, settingOf } from '#lib/server/reference/reference.ts';

/** The steps to a working office, in their order. The last four concern the whole installation. */
const SETUP_STEPS = [
	...(['office', 'people', 'officers', 'services', 'places', 'channels'] as const),
	...(['mail', 'lapor', 'backup', 'key'] as const)
];
export type SetupStep = (typeof SETUP_STEPS)[number];

/** Facts that only people know; they are confirmed on the page: a test restore worked, two people keep the `APP_KEY`. */
const CONFIRMED = ['backup', 'key'] as const;
export type ConfirmedStep = (typeof CONFIRMED)[number];

/** What is missing in a step. Only an `OpeningNeed` keeps the office from being opened. */
export type SetupLack =
	| OpeningNeed
	| ConfirmedStep
	| (
			| 'address'
			| 'contact'
			| 'responsible'
			| 'own_people'
			| 'passwords'
			| 'officer'
			| 'standard'
			| 'channel'
			| 'channel_test'
	  )
	| ('mail_server' | 'mail_test' | 'lapor_settings' | 'lapor_test' | 'restore');

const confirmation = (step: ConfirmedStep) => `setup:${step}`;

/** What a step can still get once nothing is missing, with the number of records it concerns. */
export interface SetupExtra {
	extra: 'accounts' | 'consents' | 'head' | 'encryption';
	count: number;
}

/** The statement of a person that a step is done. */
interface Statement {
	at: string;
	by: string | null;
	/** Day and names, as the person wrote them. */
	note: string;
}

/**
 * The guided path of one office: what each step still lacks, by the data. Nothing is ticked off by hand except what only
 * people know.
 * @throws NotFound if the actor does not administer it
 */
export async function setupOf(actor: Actor, code: string) {
	const unit = await unitForAdmin(actor, code);
	const root = await isRootAdmin(actor);
	const { lacks: needs, needsStaffOfOfficeAbove } = await openingState(unit);
	const site = await siteLacks();
	const waiting = (await withoutPassword(actor)).filter(({ unitIds }) => unitIds.includes(unit.id));
	const extras: Partial<Record<SetupStep, SetupExtra[]>> = {
		officers: await officerExtras(unit),
		backup: extra('encryption', env().BACKUP_PASSPHRASE === undefined ? 1 : 0)
	};
	const statements = await statementsOf();
	const lacks: Record<SetupStep, SetupLack[]> = {
		office: [...needs.filter((need) => need === 'name'), ...officeLacks(unit)],
		people: [
			...needs.filter((need) => need === 'handler' || need.startsWith('approver')),
			...lack(needsStaffOfOfficeAbove, 'own_people'),
			...lack(waiting.length > 0, 'passwords')
		],
		officers: lack(!(await hasOfficer(unit)), 'officer'),
		services: needs.includes('service') ? ['service'] : lack(!(await hasStandard(unit)), 'standard'),
		places: lack(needs.includes('place'), 'place'),
		channels: await channelLacks(actor, unit),
		...site
	};
	const { code: own, name, slug, id, state } = unit;
	return {
		unit: { id, code: own, name, slug, state },
		needs,
		needsStaffOfOfficeAbove,
		steps: SETUP_STEPS.map((step) => ({
			step,
			lacks: lacks[step],
			ofSite: step in site,
			extras: extras[step] ?? [],
			statement: statements[step] ?? null
		})),
		withoutPassword: waiting.length,
		/** How many of these have an invitation that still works. */
		invited: await invitedOf(waiting),
		/** Their roles here take effect when a supervisor approves them. */
		rolesWaiting: await namesOfWaitingRoles(unit.id),
		zone: unit.timeZone,
		/** The actor may do the steps of the installation; otherwise these people may. */
		mayDoSite: root,
		siteAdministrators: root ? [] : [...new Set((await rootAdministrators(db())).map((one) => one.name))],
		several: actor.units.admin.length > 1,
		/** There are others, whose services can be copied. */
		otherOffices: (await referenceData()).units.length > 1
	};
}

const lack = (missing: boolean, name: SetupLack): SetupLack[] => (missing ? [name] : []);

const officeLacks = ({ address, phone, whatsapp, email, responsible }: Unit): SetupLack[] => [
	...lack(!address, 'address'),
	...lack(!phone && !whatsapp && !email, 'contact'),
	...lack(!responsible, 'responsible')
];

const hasOfficer = async ({ id }: Unit) =>
	(await referenceData()).officers.some(({ unitId, active }) => unitId === id && active);

const hasStandard = async ({ id }: Unit) =>
	(await referenceData()).services.some(({ unitId, active, standard }) => unitId === id && active && standard !== null);

/** An office needs no channel. One that is connected must have worked. */
async function channelLacks(actor: Actor, { id }: Unit): Promise<SetupLack[]> {
	const connected = (await connectionsOf(actor)).find(({ unit }) => unit.id === id)?.connections ?? [];
	if (connected.length === 0) return ['channel'];
	return lack(
		connected.some(({ checkedAt, lastError }) => !checkedAt || lastError),
		'channel_test'
	);
}

/** People who have not set a password yet. */
const withoutPassword = async (actor: Actor) =>
	(await listPeople(actor)).filter(({ active, hasPassword }) => active && !hasPassword);

async function invitedOf(people: readonly { id: string }[]): Promise<number> {
	const links = await openPasswordLinks();
	return people.filter(({ id }) => links.has(id)).length;
}

const extra = (name: SetupExtra['extra'], count: number): SetupExtra[] => (count > 0 ? [{ extra: name, count }] : []);

/** Without the account of an officer, the site can't hide from the account the reports that name the officer. */
async function officerExtras({ id, headOfficerId }: Unit): Promise<SetupExtra[]> {
	const officers = (await referenceData()).officers.filter(({ unitId, active }) => unitId === id && active);
	return [
		...extra('accounts', officers.filter(({ accountId }) => accountId === null).length),
		...extra('consents', officers.filter(({ photoKey, photoConsentAt }) => photoKey && !photoConsentAt).length),
		...extra('head', officers.length > 0 && headOfficerId === null ? 1 : 0)
	];
}

/** What people stated, by step, with the name of the account. */
async function statementsOf() {
	const all: Partial<Record<SetupStep, Statement & { name: string | null }>> = {};
	for (const step of CONFIRMED) {
		const stored = (await settingOf(confirmation(step))) as Statement | string | undefined;
		if (!stored) continue;
		// Earlier versions stored only the moment.
		const statement = typeof stored === 'string' ? { at: stored, by: null, note: '' } : stored;
		const [account] = statement.by
			? await db().select({ name: accounts.name }).from(accounts).where(eq(accounts.id, statement.by))
			: [];
		all[step] = { ...statement, name: account?.name ?? null };
	}
	return all;
}

/** Whether the newest test call to LAPOR succeeded. */
async function laporWorked(): Promise<boolean> {
	const { id, action, after } = auditEntries;
	const [test] = await db()
		.select({ after })
		.from(auditEntries)
		.where(eq(action, 'lapor.tested'))
		.orderBy(desc(id))
		.limit(1);
	return (test?.after as { ok: boolean } | null | undefined)?.ok === true;
}

async function siteLacks(): Promise<Record<'mail' | 'lapor' | ConfirmedStep, SetupLack[]>> {
	const { mode, missing, halt } = await connectionState();
	const [[sent], worked, backup, confirmed] = await Promise.all([
		db().select({ id: mails.id }).from(mails).where(eq(mails.state, 'sent')).limit(1),
		laporWorked(),
		latestBackup(),
		Promise.all(CONFIRMED.map((step) => settingOf(confirmation(step))))
	]);
	return {
		mail: mailServer() ? lack(!sent, 'mail_test') : ['mail_server'],
		lapor: mode === 'manual' ? [] : missing.length > 0 ? ['lapor_settings'] : lack(!worked || !!halt, 'lapor_test'),
		backup: [...lack(!backup, 'backup'), ...lack(!confirmed[0], 'restore')],
		key: lack(!confirmed[1], 'key')
	};
}

const stepSchema = z.object({ step: z.enum(CONFIRMED, { error: 'field_invalid' }) });
const statementSchema = stepSchema.extend({
	note: z.string({ error: 'setup_note' }).trim().min(10, 'setup_note').max(300, 'setup_note')
});

/**
 * Confirms a step that the site can't check itself.
 * @throws NotAllowed if the actor administers no root unit · Invalid `setup_note` without day and names
 */
export async function confirmStep(actor: Actor, raw: unknown): Promise<void> {
	const { step, note } = checked(statementSchema, raw);
	await requireRootAdmin(actor);
	await transaction(async (tx) => {
		const statement: Statement = { at: now().toISOString(), by: actor.accountId, note };
		await storeSetting(tx, confirmation(step), statement);
		await recordChange(tx, actor, { action: 'setup.confirmed', subject: step, reason: note });
	});
}

/** Withdraws the statement that a step is done. @throws NotAllowed if the actor administers no root unit */
export async function withdrawStep(actor: Actor, raw: unknown): Promise<void> {
	const { step } = checked(stepSchema, raw);
	await requireRootAdmin(actor);
	await transaction(async (tx) => {
		await removeSetting(tx, confirmation(step));
		await recordChange(tx, actor, { action: 'setup.withdrawn', subject: step });
	});
}

/**
 * All offices that the actor administers: what each needs to be opened (`needs`), and what its own steps lack besides
 * (`lacks`).
 * @throws NotFound if there are none
 */
export async function officesToOpen(actor: Actor) {
	const all = await unitsForAdmin(actor);
	if (all.length === 0) throw new NotFound('no office');
	const states = await openingStates(db(), all);
	const waiting = await withoutPassword(actor);
	return Promise.all(
		all.map(async (unit) => {
			const { id, code, name, state } = unit;
			const { lacks: needs = [], needsStaffOfOfficeAbove = false } = states.get(id) ?? {};
			const withoutPassword = waiting.filter(({ unitIds }) => unitIds.includes(id)).length;
			const lacks: SetupLack[] = [
				...lack(withoutPassword > 0, 'passwords'),
				...lack(!(await hasOfficer(unit)), 'officer'),
				...lack(!needs.includes('service') && !(await hasStandard(unit)), 'standard')
			];
			return { id, code, name, state, needsStaffOfOfficeAbove, needs, lacks, withoutPassword };
		})
	);
}
