import { ROLES } from '#lib/cases/vocabulary.ts';
import { officesLeftByAbsence } from '#lib/server/cases/answers/offices-left-by-absence.ts';
import { countOpenCasesOf, onlyApproverOf } from '#lib/server/cases/handling/account-handover.ts';
import { actingRolesOf } from '#lib/server/people/access/acting-heads.ts';
import { listAccessChanges } from '#lib/server/people/access/list.ts';
import { absencesOf, addAbsence, removeAbsence, deputiesFor } from '#lib/server/people/absence.ts';
import { needsApproval } from '#lib/server/people/access/case-access.ts';
import { neededForRole } from '#lib/server/people/access/kinds.ts';
import { changeAccount, seenOfAccount } from '#lib/server/people/accounts.ts';
import { administersOwnAccount, personForAdmin } from '#lib/server/people/directory.ts';
import { createPasswordLink, resetSecondFactor } from '#lib/server/people/sign-in/password-links.ts';
import { grantActingRole, grantRole, revokeActingRole, revokeRole } from '#lib/server/people/grant-roles.ts';
import { signOutEverywhere } from '#lib/server/people/sign-in/session.ts';
import { unitsForAdmin } from '#lib/server/people/units/units.ts';
import { mailPasswordLink } from '#lib/server/staff-notices/invitations.ts';
import { resetsByMail } from '#lib/server/staff-notices/password-reset.ts';
import { changeThenOpen, formAction, withActor } from '#lib/server/web/http/staff-page.ts';
import { mainOrigin } from '#lib/server/web/http/origin.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import type { RequestEvent } from './$types';

export const load = withActor(async (actor, { params }) => {
	const person = await personForAdmin(actor, params.id);
	const units = await unitsForAdmin(actor);
	const waiting = await listAccessChanges(actor, 'waiting', params.id);
	const absences = await absencesOf(params.id);
	return {
		person,
		seen: seenOfAccount(person),
		submissionId: crypto.randomUUID(),
		absences,
		left: await officesLeftByAbsence(actor, params.id, absences),
		deputies: await deputiesFor(params.id),
		units,
		/** Code of the office that a new role proposes. */
		ownOffice: units.find(({ id }) => person.unitIds.includes(id))?.code,
		acting: await actingRolesOf(params.id),
		grantable: ROLES.filter((role) => person.administered || neededForRole(role) === 'seen'),
		waiting,
		linkComesWithRole: waiting.some(({ kind, createsPasswordLink }) => kind === 'role' && createsPasswordLink),
		openCases: await countOpenCasesOf(actor, params.id),
		onlyApproverOf: Object.values(await onlyApproverOf(params.id)).flat(),
		guarded: await needsApproval(actor, params.id),
		sendsMail: resetsByMail()
	};
});

type Verb = (actor: Actor, accountId: string, data: Record<string, unknown>) => Promise<boolean | void>;

const action = (verb: Verb, options: { confirm?: true } = {}) =>
	formAction(async (actor, { data }, { params }: RequestEvent) => {
		const waits = await verb(actor, params.id, data);
		return `/admin/people/${params.id}?saved${waits ? '=waiting' : ''}`;
	}, options);
const confirm = true;

export const actions = {
	details: action(changeAccount, { confirm }),
	grant: action(grantRole, { confirm }),
	revoke: changeThenOpen(
		(actor, data, { params }: RequestEvent) => revokeRole(actor, params.id, data),
		// Administrators who handed over may no longer open this page.
		async ({ params: { id }, locals: { actor } }) =>
			actor?.accountId === id && !(await administersOwnAccount(id)) ? '/me?saved' : `/admin/people/${id}?saved`,
		{ confirm }
	),
	acting: action(grantActingRole, { confirm }),
	endActing: action((actor, id, data) => revokeActingRole(actor, id, String(data.acting ?? '')), { confirm }),
	code: action(resetSecondFactor, { confirm }),
	absent: action(addAbsence),
	present: action((actor, id, data) => removeAbsence(actor, id, String(data.absence))),
	signOut: action(signOutEverywhere),
	// Returns the link without a redirect, because it is shown once and must not be in an address.
	link: formAction(
		async (actor, { data }, event: RequestEvent) => {
			if (data.by === 'mail') {
				const waits = await mailPasswordLink(actor, event.params.id);
				return `/admin/people/${event.params.id}?saved=${waits ? 'waiting' : 'mailed'}`;
			}
			const link = await createPasswordLink(actor, event.params.id);
			if (!link) return `/admin/people/${event.params.id}?saved=waiting`;
			return { link: `${mainOrigin(event)}/sandi/${link.token}`, expiresAt: link.expiresAt };
		},
		{ confirm, part: 'link' }
	)
};
