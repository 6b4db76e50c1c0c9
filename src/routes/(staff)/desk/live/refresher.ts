/** Between two looks at a list: short at first, longer while it keeps changing, short again after a quiet while. */
const FIRST_REST_MS = 1_000;
const LONGEST_REST_MS = 4_000;
const QUIET_MS = 8_000;
/** A little more or less, so that not all desks look at once. */
const SPREAD_MS = 300;

/** Asks again soon after a wish, and the seldomer the longer wishes go on; a page out of sight waits until it is seen. */
export function refresher(ask: () => Promise<void>) {
	let waiting: ReturnType<typeof setTimeout> | undefined;
	let wanted = false;
	let rest = FIRST_REST_MS;
	let asked = -Infinity;
	let stopped = false;

	function want(): void {
		wanted = true;
		if (waiting || stopped || document.visibilityState !== 'visible') return;
		const since = performance.now() - asked;
		rest = since > QUIET_MS ? FIRST_REST_MS : rest;
		waiting = setTimeout(go, Math.max(rest - since, 0) + Math.random() * SPREAD_MS);
	}
	async function go(): Promise<void> {
		wanted = false;
		try {
			await ask();
		} finally {
			waiting = undefined;
			rest = asked === -Infinity ? rest : Math.min(LONGEST_REST_MS, rest * 1.5);
			asked = performance.now();
			if (wanted) want();
		}
	}
	const look = () => wanted && want();
	document.addEventListener('visibilitychange', look);
	return {
		want,
		stop: () => {
			stopped = true;
			clearTimeout(waiting);
			document.removeEventListener('visibilitychange', look);
		}
	};
}
