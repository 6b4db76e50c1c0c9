import { siteAddress } from '../site-address.ts';
import type { Database } from '#lib/server/db/index.ts';
import { storeOnce } from '#lib/server/db/settings.ts';
import { generatePushKeys, type PushKeys } from '#lib/server/integrations/push/push.ts';
import { decryptText, encryptText } from '#lib/server/keys.ts';
import { settingOf } from '#lib/server/reference/reference.ts';

const SETTING = 'push_keys';

interface Stored {
	publicKey: string;
	/** Encrypted under APP_KEY. */
	privateSealed: string;
}

/** Makes the site's key pair for push services at the first start. It never changes: each subscription is bound to it. */
export async function ensurePushKeys(database: Database): Promise<void> {
	if (await settingOf(SETTING)) return;
	const { publicKey, privateKey } = await generatePushKeys();
	await storeOnce(database, SETTING, { publicKey, privateSealed: await encryptText(privateKey) } satisfies Stored);
}

/** The public key, with which a browser subscribes, from memory; null before the first start. */
export const pushPublicKey = async (): Promise<string | null> =>
	((await settingOf(SETTING)) as Stored | undefined)?.publicKey ?? null;

export async function pushKeys(): Promise<PushKeys> {
	const { publicKey, privateSealed } = (await settingOf(SETTING)) as Stored;
	return { publicKey, privateKey: await decryptText(privateSealed) };
}

/** Whom a push service may contact about this site. Browsers allow push without https only on this machine. */
export const pushSubject = (): string =>
	siteAddress().startsWith('https:') ? siteAddress() : 'mailto:spatula@localhost.invalid';
