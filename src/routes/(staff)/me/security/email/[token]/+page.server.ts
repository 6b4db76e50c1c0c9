import { m } from '#lib/paraglide/messages.js';
import { accountIdOf } from '#lib/server/people/actor.ts';
import { proveEmail, readEmailProof } from '#lib/server/people/sign-in/email-proof.ts';
import { asPageOfLink } from '#lib/server/web/http/error-responses.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';
import type { RequestEvent } from './$types';

const gone = () => ({ message: m.account_email_gone() });

export const load = withActor(async (actor, { params }) => ({
	email: await asPageOfLink(() => readEmailProof(accountIdOf(actor), params.token), gone)
}));

export const actions = {
	default: formAction(async (actor, _form, { params }: RequestEvent) => {
		await asPageOfLink(() => proveEmail(accountIdOf(actor), params.token), gone);
		return '/me/security?saved#email';
	})
};
