/** Aborts after so many milliseconds. Browsers of 2021, which old tablets keep, have no `AbortSignal.timeout`. */
export function timeoutSignal(ms: number): AbortSignal {
	const controller = new AbortController();
	setTimeout(() => controller.abort(), ms);
	return controller.signal;
}
