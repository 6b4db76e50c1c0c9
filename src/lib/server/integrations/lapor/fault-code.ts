import type { ExchangeErrorCode } from './types.ts';

const BEFORE: Readonly<Record<string, ExchangeErrorCode>> = {
	ENOTFOUND: 'dns',
	EAI_AGAIN: 'dns',
	EAI_FAIL: 'dns',
	ENODATA: 'dns',
	ECONNREFUSED: 'refused',
	UND_ERR_CONNECT_TIMEOUT: 'connect_timeout',
	ETIMEDOUT: 'connect_timeout',
	ECONNRESET: 'connect_reset',
	EPIPE: 'connect_reset',
	UND_ERR_SOCKET: 'connect_reset',
	EHOSTUNREACH: 'unreachable',
	ENETUNREACH: 'unreachable',
	ENETDOWN: 'unreachable',
	EADDRNOTAVAIL: 'unreachable',
	EPROTO: 'tls',
	UND_ERR_INVALID_ARG: 'not_built',
	ERR_INVALID_URL: 'not_built'
};

const TLS = /^(ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH|INVALID_CA|ERR_OSSL_)/;

const codeOf = (error: unknown): string => {
	const code: unknown = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
	return typeof code === 'string' ? code : '';
};

/** The request could not be built, so no connection was opened. */
export const wasNeverBuilt = (error: unknown): boolean => BEFORE[codeOf(error)] === 'not_built';

/** undici's parser errors have a name but not always a code. */
const isUnreadable = (error: unknown): boolean =>
	error instanceof Error && (error.name === 'HTTPParserError' || codeOf(error) === 'UND_ERR_HEADERS_OVERFLOW');

/** Returns the code of a failure. After connecting, every failure except a time-out or an unreadable answer is a broken connection. */
export function faultCode(error: unknown, connected: boolean, timedOut: boolean): ExchangeErrorCode {
	if (timedOut) return connected ? 'timeout' : 'connect_timeout';
	const code = codeOf(error);
	if (!connected) return BEFORE[code] ?? (TLS.test(code) ? 'tls' : 'connect_failed');
	if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT' || code === 'ETIMEDOUT') return 'timeout';
	if (isUnreadable(error)) return 'broken_answer';
	return 'reset';
}

/** One short line for a log or an administrator: code and message, never a stack. */
export function faultDetail(error: unknown): string {
	const message = error instanceof Error ? error.message : String(error);
	return [codeOf(error), message].filter(Boolean).join(' ').slice(0, 300);
}
