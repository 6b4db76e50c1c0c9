/** Interval of the signs: three in the time after which the server counts a tab as closed. */
const INTERVAL_MS = 15_000;

/** Tells the server that this tab shows a page. Browser only. */
export class PresenceSigns<Reply> {
	readonly #address: () => string;
	readonly #details: () => Record<string, string>;
	readonly #tab = newTab();

	/**
	 * @param address path of the page that takes the signs
	 * @param details what a sign says besides the tab
	 */
	constructor(address: () => string, details: () => Record<string, string> = () => ({})) {
		this.#address = address;
		this.#details = details;
	}

	/** Signs while the page is visible, with `sign`. @returns a function that stops it and says that the tab leaves */
	start(sign: () => Promise<unknown> = () => this.send()): () => void {
		const again = () => void sign();
		const timer = setInterval(again, INTERVAL_MS);
		document.addEventListener('visibilitychange', again);
		again();
		return () => {
			clearInterval(timer);
			document.removeEventListener('visibilitychange', again);
			this.leave();
		};
	}

	/** Signs once. @returns the server's response; undefined without one, or if the page is hidden */
	async send(): Promise<Reply | undefined> {
		if (document.visibilityState !== 'visible') return undefined;
		try {
			const response = await fetch(this.#address(), { method: 'POST', body: this.#body(), redirect: 'manual' });
			return response.ok ? ((await response.json()) as Reply) : undefined;
		} catch {
			return undefined;
		}
	}

	leave(): void {
		navigator.sendBeacon(this.#address(), this.#body({ leaving: '1' }));
	}

	#body = (more: Record<string, string> = {}) => new URLSearchParams({ tab: this.#tab, ...this.#details(), ...more });
}

/** A random UUID. `crypto.randomUUID` is not available over plain HTTP. */
function newTab(): string {
	const bytes = crypto.getRandomValues(new Uint8Array(16));
	bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
	bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
	const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
	return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
