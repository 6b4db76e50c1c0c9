import { z } from 'zod';
import { checked } from '#lib/server/checked.ts';
import { invalid } from '#lib/server/errors.ts';
import { MailboxError, openInbox, type MailboxAccess } from '#lib/server/integrations/mail/imap.ts';
import { flagField } from '#lib/server/people/form-fields.ts';
import {
	noteFailed,
	noteWorked,
	secretsOf,
	type ConnectionInput,
	type ConnectionRow
} from '../connections/connections.ts';

/** What is not secret about a mailbox. */
export interface MailboxSettings extends Omit<MailboxAccess, 'password'> {
	/** The server takes mail to `name+tag@domain` for `name@domain`, so replies can carry the tag of their case. */
	plusAddress: boolean;
}

/** A host name or an address: the mail server of an office may be inside its network. */
const HOST = /^(?=.{1,253}$)[a-z0-9]([a-z0-9.-]*[a-z0-9])?$|^[0-9a-f:]{2,45}$/i;

const mailboxSchema = z.object({
	address: z.email('admin_email').max(200, 'admin_email'),
	host: z.string({ error: 'mailbox_host' }).trim().regex(HOST, 'mailbox_host'),
	port: z.coerce.number('mailbox_port').int('mailbox_port').min(1, 'mailbox_port').max(65_535, 'mailbox_port'),
	security: z.enum(['tls', 'starttls', 'none'], { error: 'field_invalid' }),
	user: z.string({ error: 'mailbox_user' }).trim().min(1, 'mailbox_user').max(200, 'mailbox_user'),
	/** Not `password`, because the form that asks for the administrator's own has that name. */
	mailboxPassword: z.string().max(500, 'mailbox_password').default(''),
	dedicated: flagField,
	plusAddress: flagField
});

export const mailboxSettings = ({ settings }: Pick<ConnectionRow, 'settings'>): MailboxSettings =>
	settings as unknown as MailboxSettings;

/** How the mailbox is reached, with its decrypted password. */
export async function mailboxAccess(connection: ConnectionRow): Promise<MailboxAccess> {
	const { password = '' } = await secretsOf(connection);
	return { ...mailboxSettings(connection), password };
}

/**
 * Checks the form of a mailbox. A stored password goes only to the server and user for which it was entered. Otherwise
 * an administrator could enter another server and read the password there.
 *
 * @throws Invalid, for example `mailbox_password` if one is needed
 */
export function checkMailboxForm(before: ConnectionRow | undefined, raw: unknown): ConnectionInput {
	const { address, dedicated, mailboxPassword: password, ...settings } = checked(mailboxSchema, raw);
	const known = before && mailboxSettings(before);
	const same = (['host', 'port', 'security', 'user'] as const).every((key) => known?.[key] === settings[key]);
	if (!password && !same) throw invalid('mailboxPassword', 'mailbox_password');
	return { address, settings, secrets: { password }, dedicated };
}

/** Signs in to the stored mailbox and opens its INBOX. The connection shows the result. */
export async function tryMailbox(connection: ConnectionRow): Promise<void> {
	try {
		const inbox = await openInbox(await mailboxAccess(connection));
		await inbox.close();
		await noteWorked(connection.id);
	} catch (error) {
		if (!(error instanceof MailboxError)) throw error;
		await noteFailed(connection.id, error.fault);
	}
}
