import { eq } from 'drizzle-orm';
import { phone as phoneNumber } from '#lib/cases/schema.ts';
import { WHATSAPP_SANDBOX } from '#lib/dev/whatsapp-sandbox/store.ts';
import { saveConnection } from '#lib/server/channels/connections/connections.ts';
import { db } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { actorOf } from '#lib/server/people/actor.ts';

const MAMUJU = '7604';

/** Connects the WhatsApp number of the office in Mamuju with the phones of the sandbox at this address. */
export async function connectWhatsApp(baseUrl: string): Promise<void> {
	const [admin] = await db()
		.select({ id: accounts.id })
		.from(accounts)
		.where(eq(accounts.username, 'administrator.mamuju'));
	const actor = admin && (await actorOf(admin.id));
	if (!actor) return;
	const { phoneNumberId, version, number, token, appSecret, verifyToken } = WHATSAPP_SANDBOX;
	// As the operator, whose changes need no approval: the sandbox may have another address at each start.
	await saveConnection({ ...actor, accountId: null }, MAMUJU, 'whatsapp', {
		address: phoneNumber.parse(number),
		settings: { phoneNumberId, version, baseUrl, templateName: 'kabar_laporan', templateLanguage: 'id' },
		secrets: { token, appSecret, verifyToken },
		dedicated: false
	});
}
