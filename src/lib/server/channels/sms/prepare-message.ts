import { m } from '#lib/paraglide/messages.js';
import { decryptSender } from '#lib/server/cases/conversation/sender.ts';
import type { CaseRow } from '#lib/server/cases/find.ts';
import type { outgoingMessages } from '#lib/server/db/schema/channels.ts';
import { inLocale } from '#lib/server/in-locale.ts';
import { sendSms } from '#lib/server/integrations/sms/gateway.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import { baseLocale } from '#lib/paraglide/runtime.js';
import type { ConnectionRow } from '../connections/connections.ts';
import { isLocked, type ConversationRow } from '../incoming/conversation.ts';
import { siteAddress } from '../site-address.ts';
import { gatewayOf } from './settings.ts';

/** Text of an SMS: there is news, and the site's address. It never contains text, number or receipt of a report. */
export function smsText(office: { name: string; slug: string }, aboutCase: boolean): string {
	return inLocale(baseLocale, () =>
		aboutCase
			? m.sms_news_case({ link: `${siteAddress()}/lacak` })
			: m.sms_news({ office: office.name, link: `${siteAddress()}/${office.slug}` })
	);
}

/** Prepares an SMS for the sender of a conversation. It ignores the message's text, because an SMS never contains it. */
export async function prepareSms(
	{ caseId }: typeof outgoingMessages.$inferSelect,
	connection: ConnectionRow,
	conversation: ConversationRow,
	caseRow: Pick<CaseRow, 'formerChats'> | null
) {
	if (isLocked(conversation, caseRow)) return { fails: 'silent' };
	const unit = (await referenceData()).unitById.get(conversation.unitId);
	if (!unit) return { fails: 'undeliverable' };
	const gateway = await gatewayOf(connection);
	const sender = await decryptSender(conversation);
	if (!sender) return { fails: 'undeliverable' };
	return { send: () => sendSms(gateway, sender.address, smsText(unit, caseId !== null)) };
}
