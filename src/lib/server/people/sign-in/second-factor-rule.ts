import { transaction } from '#lib/server/db/index.ts';
import { storeSetting } from '#lib/server/db/settings.ts';
import { settingOf } from '#lib/server/reference/reference.ts';
import type { Actor } from '../actor.ts';
import { requireRootAdmin } from '../administration.ts';
import { recordChange } from '../audit.ts';

const SETTING = 'second_factor_required';

/**
 * Whether people whose roles have access to cases must have a second factor. Off until an administrator turns it on.
 */
export const secondFactorRequired = async (): Promise<boolean> => (await settingOf(SETTING)) === true;

/** Turns the rule on or off, and logs it. @throws NotAllowed unless the actor administers a root unit */
export async function setSecondFactorRule(actor: Actor, required: boolean): Promise<void> {
	await requireRootAdmin(actor);
	await transaction(async (tx) => {
		await storeSetting(tx, SETTING, required);
		const action = required ? 'second_factor.required' : 'second_factor.not_required';
		await recordChange(tx, actor, { action, subject: 'SPATULA' });
	});
}
