import { fail, type ActionFailure, type RequestEvent } from '@sveltejs/kit';
import { MINUTE_MS } from '#lib/calendar/durations.ts';
import { now } from '#lib/server/clock.ts';
import { confirmSession } from '#lib/server/people/sign-in/sign-in.ts';
import { asForm, type FormResult } from './error-responses.ts';
import type { ReadForm } from './form.ts';
import { signedIn } from './page-access.ts';

/** For this long after the password was typed, no action asks for it again. */
const CONFIRMED_MS = 15 * MINUTE_MS;

/**
 * Asks for the password, and the code if there is a second factor, unless they were typed shortly before. The layout of
 * staff pages shows `ConfirmIdentity` instead of the page, with everything typed in hidden fields, and sends the form
 * to the same action again.
 *
 * @returns the form to show; undefined if the action may go on
 */
export async function askPassword(
	{ locals }: RequestEvent,
	{ data, typed }: ReadForm
): Promise<ActionFailure<FormResult> | undefined> {
	const { session } = locals;
	const accountId = signedIn(locals).accountId ?? '';
	if (!session || session.confirmedAt.getTime() + CONFIRMED_MS > now().getTime()) return undefined;
	delete typed.totp;
	const confirm = { hasCode: session.hasCode };
	if (data.password === undefined) return fail(422, { issues: [], typed, confirm });
	const refused = await asForm(typed, async () => {
		await confirmSession(accountId, session.id, { password: String(data.password), code: String(data.totp ?? '') });
		return undefined;
	});
	return refused && fail(refused.status, { ...refused.data, confirm });
}
