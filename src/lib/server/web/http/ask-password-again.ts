import { fail, type ActionFailure, type RequestEvent } from '@sveltejs/kit';
import { MINUTE_MS } from '#lib/calendar/durations.ts';
import { m } from '#lib/paraglide/messages.js';
import { ago } from '#lib/server/clock.ts';
import { providerName } from '#lib/server/integrations/oidc.ts';
import { accountIdOf } from '#lib/server/people/actor.ts';
import { confirmSession } from '#lib/server/people/sign-in/sign-in.ts';
import { asForm, type FormResult } from './error-responses.ts';
import type { ReadForm } from './form.ts';
import { signedIn } from './page-access.ts';

/** For this long after the password was typed, no action asks for it again. */
const CONFIRMED_MS = 15 * MINUTE_MS;

/**
 * Asks for the password, and the code if there is a second factor, unless they were typed shortly before. The layout of
 * staff pages shows `ConfirmIdentity` instead of the page, with everything typed in hidden fields, and sends the form
 * to the same action again. People whose account is linked can confirm at the identity provider in another tab instead.
 *
 * @returns the form to show; undefined if the action may go on
 */
export async function askPassword(
	{ locals }: RequestEvent,
	{ data, typed }: ReadForm
): Promise<ActionFailure<FormResult> | undefined> {
	const { session } = locals;
	if (!session || session.confirmedAt > ago(CONFIRMED_MS)) return undefined;
	delete typed.totp;
	delete typed.at_provider;
	const confirm = { hasCode: session.hasCode, provider: (session.linked && providerName()) || null };
	if (data.password === undefined) {
		// Sent by the button for people who confirmed at the identity provider. That has not happened yet.
		const message = data.at_provider && confirm.provider ? m.sso_not_yet({ label: confirm.provider }) : '';
		return fail(422, { issues: message ? [{ path: '', code: 'sso_not_yet', message }] : [], typed, confirm });
	}
	const refused = await asForm(typed, async () => {
		const accountId = accountIdOf(signedIn(locals));
		await confirmSession(accountId, session.id, { password: String(data.password), code: String(data.totp ?? '') });
		return undefined;
	});
	return refused && fail(refused.status, { ...refused.data, confirm });
}
