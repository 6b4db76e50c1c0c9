import { timeoutSignal } from './timeout-signal.ts';

/** Whether the site answers. A browser that sends a form without a connection leaves the page, and its text is lost. */
export const isSiteReachable = (withinMs: number): Promise<boolean> =>
	fetch('/healthz', { method: 'HEAD', cache: 'no-store', signal: timeoutSignal(withinMs) }).then(
		() => true,
		() => false
	);
