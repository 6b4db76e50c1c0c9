/** Aborts after so many milliseconds. The browsers of old tablets have no `AbortSignal.timeout`. */
export function timeoutSignal(ms: number): AbortSignal {
	const controller = new AbortController();
	setTimeout(() => controller.abort(), ms);
	return controller.signal;
}
