import about from '../../../../package.json' with { type: 'json' };
import { now } from '#lib/server/clock.ts';
import { env } from '#lib/server/env.ts';
import type { Finding } from './finding.ts';

/** What the request that asks shows of the way to the site. */
export interface Seen {
	/** Whether a proxy said for whom it asks. */
	forwarded: boolean;
}

/** Settings that look wrong, one finding each; none: one that says so. */
export function settingsFindings({ forwarded }: Seen): Finding[] {
	const { ORIGIN, TRUST_PROXY, DEMO, LIMITS, NODE_ENV } = env();
	const wrong: [boolean, Finding['condition'], string][] = [
		[DEMO, 'watch', 'settings_demo'],
		[!LIMITS, 'bad', 'settings_limits'],
		[
			NODE_ENV === 'production' && !DEMO && (ORIGIN ?? []).some((origin) => origin.startsWith('http:')),
			'bad',
			'settings_origin'
		],
		[forwarded && TRUST_PROXY === 0, 'bad', 'settings_proxy'],
		[!forwarded && TRUST_PROXY > 0, 'watch', 'settings_no_proxy']
	];
	const found = wrong
		.filter(([is]) => is)
		.map(([, condition, code]) => ({ subject: 'settings' as const, condition, code }));
	return found.length > 0 ? found : [{ subject: 'settings', condition: 'good', code: 'settings_good' }];
}

/** What runs here, and since when. */
export function siteFinding(): Finding {
	const since = new Date(now().getTime() - process.uptime() * 1000);
	return { subject: 'site', condition: 'good', code: 'site_good', data: { version: about.version, since } };
}
