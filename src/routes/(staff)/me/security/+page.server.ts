import { providerName } from '#lib/server/integrations/oidc.ts';
import { accountIdOf } from '#lib/server/people/actor.ts';
import { mailEmailProof, resetsByMail } from '#lib/server/staff-notices/password-reset.ts';
import { ownEmail } from '#lib/server/people/sign-in/email-proof.ts';
import { changeOwnPassword } from '#lib/server/people/sign-in/password-links.ts';
import {
	confirmSecondFactor,
	ownSecondFactor,
	removeOwnSecondFactor,
	renewRecoveryCodes,
	startSecondFactor
} from '#lib/server/people/sign-in/second-factor.ts';
import { linkedSince, unlinkIdentity } from '#lib/server/people/sign-in/single-sign-on.ts';
import { endOwnSession, sessionsOf, signOutEverywhere } from '#lib/server/people/sign-in/session.ts';
import { firstZone } from '#lib/server/people/units/find-unit.ts';
import { startSignOn } from '#lib/server/web/http/single-sign-on.ts';
import { formAction, changeThenOpen, withActor } from '#lib/server/web/http/staff-page.ts';
import type { RequestEvent } from './$types';

/** The session of the request, or an empty one that does not count as confirmed. */
const sessionOf = ({ session }: App.Locals) => session ?? { id: '', confirmedAt: new Date(0) };

export const load = withActor(async (actor, { url, locals }) => ({
	sessions: (await sessionsOf(accountIdOf(actor))).map((one) => ({ ...one, here: one.id === locals.session?.id })),
	zone: await firstZone(),
	secondFactor: await ownSecondFactor(accountIdOf(actor), sessionOf(locals).confirmedAt),
	codeRequired: locals.session?.codeRequired ?? false,
	mustEnrol: locals.session?.mustEnrol ?? false,
	email: await ownEmail(accountIdOf(actor)),
	sendsMail: resetsByMail(),
	provider: providerName(),
	linkedSince: await linkedSince(accountIdOf(actor)),
	sso: url.searchParams.get('sso'),
	emailSent: url.searchParams.has('sent'),
	saved: url.searchParams.has('saved')
}));

export const actions = {
	password: formAction(async (actor, { data }, { locals }: RequestEvent) => {
		const text = (name: string) => String(data[name] ?? '');
		const typed = { current: text('current'), password: text('password'), again: text('again') };
		await changeOwnPassword(accountIdOf(actor), typed, sessionOf(locals).id);
		return '/me/security?saved';
	}),
	email: changeThenOpen((actor) => mailEmailProof(accountIdOf(actor)), '/me/security?sent#email', { part: 'email' }),
	// Returns the provider's address, which the page shows as a link: no form may lead there (content security policy).
	link: formAction(
		async (actor, _form, event: RequestEvent) => {
			const purpose = { purpose: 'link', session: event.locals.session?.id, accountId: accountIdOf(actor) } as const;
			return { providerPage: (await startSignOn(event, purpose)) ?? '' };
		},
		{ confirm: true }
	),
	unlink: changeThenOpen((actor) => unlinkIdentity(accountIdOf(actor)), '/me/security?saved#sso', { confirm: true }),
	endSession: changeThenOpen(
		(actor, data) => endOwnSession(actor, accountIdOf(actor), String(data.session ?? '')),
		'/me/security?saved'
	),
	startSecondFactor: changeThenOpen((actor) => startSecondFactor(accountIdOf(actor)), '/me/security#kode', {
		confirm: true
	}),
	// Returns recovery codes without a redirect, because they are shown once.
	enrol: formAction(
		async (actor, { data }, { locals }: RequestEvent) => ({
			codes: await confirmSecondFactor(accountIdOf(actor), String(data.totp ?? ''), sessionOf(locals))
		}),
		{ part: 'enrol' }
	),
	renewCodes: formAction(async (actor) => ({ codes: await renewRecoveryCodes(accountIdOf(actor)) }), { confirm: true }),
	removeSecondFactor: changeThenOpen((actor) => removeOwnSecondFactor(accountIdOf(actor)), '/me/security?saved', {
		confirm: true
	}),
	signOut: changeThenOpen((actor) => signOutEverywhere(actor, accountIdOf(actor)), '/login?keluar')
};
