import { m } from '#lib/paraglide/messages.js';
import type { Reason } from '#lib/server/escalation/failure-reason.ts';
import type { ReasonCode } from '#lib/words/forward.ts';

export interface Advice {
	/** What happened. */
	what: string;
	/** What the administrator should do. */
	todo: string;
}

/** Values that the texts contain. */
interface About {
	status: string | number;
	/** Configured name of the HTTP header for authentication. */
	header: string;
	/** The header named in LAPOR's refusal; undefined if it names none. */
	secret: 'token' | 'auth' | undefined;
}

const network = (): Advice => ({ what: m.admin_lapor_reason_network(), todo: m.admin_lapor_todo_network() });
const wrongAddress = ({ status }: About): Advice => ({
	what: m.admin_lapor_reason_address({ status }),
	todo: m.admin_lapor_todo_address()
});
const refused = ({ status }: About): Advice => ({
	what: m.admin_lapor_reason_refused({ status }),
	todo: m.admin_lapor_todo_refused()
});
const unreadable = ({ status }: About): Advice => ({
	what: m.admin_lapor_reason_unreadable({ status }),
	todo: m.admin_lapor_todo_unreadable()
});
const slow = (): Advice => ({ what: m.admin_lapor_reason_slow(), todo: m.admin_lapor_todo_wait() });
const busy = ({ status }: About): Advice => ({
	what: m.admin_lapor_reason_busy({ status }),
	todo: m.admin_lapor_todo_wait()
});
const failing = ({ status }: About): Advice => ({
	what: m.admin_lapor_reason_other({ status }),
	todo: m.admin_lapor_todo_wait()
});

function secrets({ status, header, secret }: About): Advice {
	if (secret === 'token') return { what: m.admin_lapor_reason_token({ status }), todo: m.admin_lapor_todo_token() };
	if (secret === 'auth')
		return { what: m.admin_lapor_reason_auth({ status }), todo: m.admin_lapor_todo_auth({ header }) };
	return { what: m.admin_lapor_reason_secrets({ status }), todo: m.admin_lapor_todo_secrets({ header }) };
}

/** Advice by reason code of a halted connection, a failed test call or a failed list request. */
const adviceByReason: Partial<Record<ReasonCode, (about: About) => Advice>> = {
	dns: network,
	refused: network,
	connect_timeout: network,
	connect_reset: network,
	unreachable: network,
	connect_failed: network,
	not_built: network,
	tls: () => ({ what: m.admin_lapor_reason_tls(), todo: m.admin_lapor_todo_tls() }),
	unauthorised: secrets,
	forbidden: ({ status }) => ({
		what: m.admin_lapor_reason_forbidden({ status }),
		todo: m.admin_lapor_todo_forbidden()
	}),
	wrong_address: wrongAddress,
	// The address of the list or test call does not exist.
	gone: wrongAddress,
	method_not_allowed: wrongAddress,
	redirected: ({ status }) => ({
		what: m.admin_lapor_reason_redirected({ status }),
		todo: m.admin_lapor_todo_redirected()
	}),
	refused_without_reason: refused,
	refused_other: refused,
	timeout: slow,
	request_timeout: slow,
	rate_limited: busy,
	busy,
	unavailable: busy,
	server_error: failing,
	reset: failing,
	broken_answer: unreadable,
	answer_too_large: () => ({ what: m.escalation_reason_answer_too_large(), todo: m.admin_lapor_todo_unreadable() }),
	answered_failed: (about) =>
		about.secret ? secrets(about) : { what: m.escalation_reason_answered_failed(), todo: m.admin_lapor_todo_refused() },
	unreadable,
	list_shrunk: () => ({ what: m.admin_lapor_reason_shrunk(), todo: m.admin_lapor_todo_shrunk() })
};

/** Returns the meaning of a connection failure and what to do about it. */
export function connectionAdvice({ code, status }: Reason, header: string, secret: About['secret']): Advice {
	const about = { status: status ?? code, header, secret };
	return (adviceByReason[code] ?? failing)(about);
}
