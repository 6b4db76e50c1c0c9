import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { checked } from '#lib/server/checked.ts';
import { db, transaction, type Database, type Tx } from '#lib/server/db/index.ts';
import { settings } from '#lib/server/db/schema/settings.ts';
import { REPORT_DEFAULTS, type ReportSettings } from '../forward/lapor-report.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { requireRootAdmin } from '#lib/server/people/administration.ts';
import { recordDifference } from '#lib/server/people/differing.ts';
import { flagField, lineField } from '#lib/server/people/form-fields.ts';

/** Key of the setting with an administrator's choices for the whole installation. */
const KEY = 'lapor.options';

const NAMES = [
	'isInbox',
	'isDisposition',
	'isApproval',
	'infoDisposition',
	'infoAttachments',
	'attachmentsTrailingDot'
] as const satisfies readonly (keyof ReportSettings)[];

/** Flags of a create call that are the same for every office. LAPOR's developers say how to set them. */
export type LaporOptions = Pick<ReportSettings, (typeof NAMES)[number]>;

const DEFAULTS = Object.fromEntries(NAMES.map((name) => [name, REPORT_DEFAULTS[name]])) as unknown as LaporOptions;

/** The flags an administrator has set; the default of the others is what a live client of LAPOR sends. */
export async function laporOptions(on: Database | Tx = db()): Promise<LaporOptions> {
	const [row] = await on.select({ value: settings.value }).from(settings).where(eq(settings.key, KEY));
	return { ...DEFAULTS, ...(row?.value as Partial<LaporOptions> | undefined) };
}

const text = lineField(500).transform((value) => value || null);

const optionsSchema = z.object({
	isInbox: flagField,
	isDisposition: flagField,
	isApproval: flagField,
	attachmentsTrailingDot: flagField,
	infoDisposition: text,
	infoAttachments: text
});

/** Sets all flags of the installation. They also apply to waiting reports. @throws NotAllowed · Invalid */
export async function changeLaporOptions(actor: Actor, raw: unknown): Promise<void> {
	await requireRootAdmin(db(), actor);
	const value = checked(optionsSchema, raw);
	await transaction(async (tx) => {
		const before = await laporOptions(tx);
		await tx.insert(settings).values({ key: KEY, value }).onConflictDoUpdate({ target: settings.key, set: { value } });
		await recordDifference(tx, actor, { action: 'lapor.options_changed', subject: 'LAPOR' }, { ...before }, value);
	});
}
