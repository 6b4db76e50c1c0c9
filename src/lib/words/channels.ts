import { m } from '#lib/paraglide/messages.js';
import { wordOf } from './cases.ts';

const values = {
	address: m.access_changed_address,
	host: m.channels_host,
	port: m.channels_port,
	security: m.channels_security,
	user: m.login_username,
	password: m.channels_password,
	baseUrl: m.admin_lapor_host,
	phoneNumberId: m.channels_whatsapp_id,
	appSecret: m.channels_whatsapp_app_secret,
	token: m.channels_whatsapp_token,
	verifyToken: m.channels_whatsapp_verify,
	method: m.channels_sms_method,
	request: m.access_changed_request,
	headers: m.channels_sms_headers,
	secret: m.channels_sms_secret
};

/** A setting or secret of a connection, as its form names it. */
export const connectionValueWord = wordOf(values);

/** Values that contain the server. */
const WITH_SERVER = ['host', 'baseUrl', 'request'];

/** What a request changes of a connection, with the former address and server. */
export function connectionChanges({ host, changed, was }: ConnectionChange): string {
	if (was === null) return m.access_changed_all();
	const parts = changed.map((name) => {
		const what = connectionValueWord(name as keyof typeof values);
		if (name === 'address') return m.access_changed_was({ what, before: was.address });
		const moved = WITH_SERVER.includes(name) && was.host !== host;
		return moved ? m.access_changed_was({ what, before: was.host }) : what;
	});
	return m.access_changed({ what: parts.join(', ') });
}

interface ConnectionChange {
	host: string;
	changed: readonly string[];
	was: { address: string; host: string } | null;
}

/** Words for the code of a connection's error. A channel's own words are shown as they came. */
export function connectionFault(error: string): string {
	const [, code] = /^code_(\d+)$/.exec(error) ?? [];
	if (code) return m.channels_fault_code({ code });
	const words = m as unknown as Record<string, (() => string) | undefined>;
	return words[`channels_fault_${error}`]?.() ?? error;
}
