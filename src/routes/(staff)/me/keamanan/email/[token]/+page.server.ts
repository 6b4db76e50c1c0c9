import { error } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { NotFound } from '#lib/server/errors.ts';
import { accountIdOf } from '#lib/server/people/actor.ts';
import { proveEmail, readEmailProof } from '#lib/server/people/sign-in/email-proof.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';
import type { RequestEvent } from './$types';

const whileGood = <T>(work: Promise<T>): Promise<T> =>
	work.catch((cause: unknown) => {
		if (cause instanceof NotFound) error(404, { message: m.account_email_gone() });
		throw cause;
	});

export const load = withActor(async (actor, { params }) => ({
	email: await whileGood(readEmailProof(accountIdOf(actor), params.token))
}));

export const actions = {
	default: formAction(async (actor, _form, { params }: RequestEvent) => {
		await whileGood(proveEmail(accountIdOf(actor), params.token));
		return '/me/keamanan?saved#email';
	})
};
