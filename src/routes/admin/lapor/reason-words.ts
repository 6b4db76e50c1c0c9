import { m } from '#lib/paraglide/messages.js';
import type { Reason } from '#lib/server/escalation/reason.ts';

/** Where an administrator has to look: at the network, the address, the secrets, or the other side. */
export function connectionReason({ code, status }: Reason): string {
	switch (code) {
		case 'dns':
		case 'refused':
		case 'connect_timeout':
		case 'connect_reset':
		case 'unreachable':
		case 'connect_failed':
			return m.admin_lapor_reason_network();
		case 'tls':
			return m.admin_lapor_reason_tls();
		case 'unauthorised':
		case 'forbidden':
			return m.admin_lapor_reason_secrets({ status: status ?? '' });
		case 'wrong_address':
		case 'method_not_allowed':
		case 'redirected':
			return m.admin_lapor_reason_address({ status: status ?? '' });
		case 'timeout':
		case 'request_timeout':
			return m.admin_lapor_reason_slow();
		default:
			return m.admin_lapor_reason_other({ status: status ?? code });
	}
}
