import { email as emailInput, phone as phoneInput } from '#lib/cases/schema.ts';
import type { conversations } from '#lib/server/db/schema/channels.ts';
import { decryptText } from '#lib/server/keys.ts';
import type { Reporter } from '../reporter.ts';

/** Who wrote by a channel: an e-mail address, a phone number, or the user id of a messenger. */
export interface Sender {
	name: string | null;
	address: string;
	/** The phone number beside the user id of a messenger, if the person shows it. */
	number?: string;
}

/** The sender of a conversation; undefined if the identity of its reporter was destroyed. */
export const decryptSender = async ({
	senderSealed
}: Pick<typeof conversations.$inferSelect, 'senderSealed'>): Promise<Sender | undefined> =>
	senderSealed ? (JSON.parse(await decryptText(senderSealed)) as Sender) : undefined;

/** The sender as a reporter. A user id of a messenger is neither an address nor a number. */
export function contactOf({ name, address, number }: Sender): Reporter {
	const isEmail = emailInput.safeParse(address).success;
	const { data: phone = null } = phoneInput.safeParse(number ?? address);
	return { name: name || (number ?? address), email: isEmail ? address : null, phone };
}
