/**
 * Settings that a demo takes over from the shell, so that it can be pointed at another stand-in for LAPOR or another mail
 * server. Nothing about its database, its key or its addresses: those are the demo's own.
 */
export const TAKEN_SETTINGS = [
	'LAPOR_MODE',
	'LAPOR_BASE_URL',
	'LAPOR_AUTH_HEADER',
	'LAPOR_BEARER',
	'LAPOR_TOKEN',
	'LAPOR_LOOKUP',
	'LAPOR_POLL_SECONDS',
	'LAPOR_RETRY_SECONDS',
	'LAPOR_LEASE_SECONDS',
	'SMTP_URL',
	'MAIL_FROM',
	'BOOTSTRAP_TOKEN',
	'METRICS_TOKEN',
	'LIMITS',
	'LOG_LEVEL'
] as const;

/** Those of them that are given; empty means absent. */
export function givenSettings(source: Record<string, string | undefined>): Record<string, string> {
	return Object.fromEntries(
		TAKEN_SETTINGS.flatMap((name) => {
			const value = source[name];
			return value ? [[name, value]] : [];
		})
	);
}
