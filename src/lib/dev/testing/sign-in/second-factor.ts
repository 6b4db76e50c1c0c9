import { Secret, TOTP } from 'otpauth';
import { now } from '#lib/server/clock.ts';
import { confirmSecondFactor, ownSecondFactor, startSecondFactor } from '#lib/server/people/sign-in/second-factor.ts';

const STEP_MS = 30_000;

/** The code that the app shows `steps` steps from now. */
export const codeOf = (secret: string, steps = 0) =>
	new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: now().getTime() + steps * STEP_MS });

/** Enrols an account. @returns its secret, the used code and the recovery codes */
export async function enrolSecondFactor(id: string, sessionId = '') {
	await startSecondFactor(id);
	const secret = (await ownSecondFactor(id, now()))?.pending?.key.replaceAll(' ', '') ?? '';
	const session = { id: sessionId, confirmedAt: now() };
	const code = codeOf(secret);
	return { secret, code, codes: await confirmSecondFactor(id, code, session) };
}
