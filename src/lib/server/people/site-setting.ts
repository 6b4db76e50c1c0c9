import type { z } from 'zod';
import type { AuditAction } from '#lib/words/audit.ts';
import { checked } from '#lib/server/checked.ts';
import { transaction } from '#lib/server/db/index.ts';
import { lockSetting, storeSetting } from '#lib/server/db/settings.ts';
import { settingOf } from '#lib/server/reference/reference.ts';
import { requireSeen, seenValues } from '#lib/server/stale-form.ts';
import type { Actor } from './actor.ts';
import { requireRootAdmin } from './administration.ts';
import { recordDifference } from './audit.ts';

interface SiteSetting<Form extends z.ZodObject> {
	/** Its name in the table of settings. */
	key: string;
	/** Name of its change in the audit log. */
	action: AuditAction;
	form: Form;
	/** Values until an administrator stores others. */
	defaults: z.output<Form>;
}

/**
 * A setting of the whole installation, which administrators of a root unit change by a form.
 *
 * - `read` gives its present values.
 * - `seen` gives the hash of the values for the form's hidden field (see `requireSeen`).
 * - `change` stores the values of the form and logs the difference. @throws NotAllowed unless the actor administers a
 *   root unit · Invalid · Conflict `stale`
 */
export function siteSetting<Form extends z.ZodObject>({ key, action, form, defaults }: SiteSetting<Form>) {
	type Values = z.output<Form>;
	const fields = Object.keys(form.shape);
	const valuesOf = (stored: unknown): Values => ({ ...defaults, ...(stored as Partial<Values> | undefined) });
	return {
		read: async (): Promise<Values> => valuesOf(await settingOf(key)),
		seen: (values: Values): string => seenValues(values, fields),
		change: async (actor: Actor, raw: unknown): Promise<void> => {
			await requireRootAdmin(actor);
			const after = checked(form, raw);
			await transaction(async (tx) => {
				const before = valuesOf(await lockSetting(tx, key));
				requireSeen(raw, before, after, fields);
				await storeSetting(tx, key, after);
				await recordDifference(tx, actor, { action, subject: 'SPATULA' }, before, after);
			});
		}
	};
}
