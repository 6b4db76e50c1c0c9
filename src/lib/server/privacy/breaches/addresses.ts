import { addressesInput, type BreachAddresses } from '#lib/privacy/breach.ts';
import { checked } from '#lib/server/checked.ts';
import { transaction } from '#lib/server/db/index.ts';
import { storeSetting } from '#lib/server/db/settings.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { requireRootAdmin } from '#lib/server/people/administration.ts';
import { recordDifference } from '#lib/server/people/audit.ts';
import { settingOf } from '#lib/server/reference/reference.ts';

const SETTING = 'breach_addresses';

/** Suggestions until an administrator of a root unit stores others. */
const DEFAULTS: BreachAddresses = {
	dpo: 'Pejabat Pelindungan Data Pribadi instansi',
	csirt: 'Tim Tanggap Insiden Siber (CSIRT) instansi',
	authority: 'Kementerian Komunikasi dan Digital\nJalan Medan Merdeka Barat Nomor 9, Jakarta Pusat 10110',
	source:
		'Lembaga menurut UU 27/2022 Pasal 58 belum dibentuk; untuk sementara tugasnya dijalankan Kementerian Komunikasi dan Digital.'
};

/** The addressees of the letters, and the source of the authority's address. */
export async function breachAddresses(): Promise<BreachAddresses> {
	return { ...DEFAULTS, ...((await settingOf(SETTING)) as Partial<BreachAddresses> | undefined) };
}

/**
 * Changes the addressees of letters that nobody has edited yet.
 * @throws NotAllowed unless the actor administers a root unit
 */
export async function changeBreachAddresses(actor: Actor, raw: unknown): Promise<void> {
	await requireRootAdmin(actor);
	const after = checked(addressesInput, raw);
	const before = await breachAddresses();
	await transaction(async (tx) => {
		await storeSetting(tx, SETTING, after);
		await recordDifference(tx, actor, { action: 'breach.rules_changed', subject: SETTING }, before, after);
	});
}
