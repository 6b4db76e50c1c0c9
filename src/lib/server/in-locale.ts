import { AsyncLocalStorage } from 'node:async_hooks';
import { baseLocale, overwriteGetLocale, type Locale } from '#lib/paraglide/runtime.js';

const current = new AsyncLocalStorage<Locale>();
overwriteGetLocale(() => current.getStore() ?? baseLocale);

/** Runs `work` with every message in `locale`. */
export function inLocale<T>(locale: Locale, work: () => T): T {
	return current.run(locale, work);
}
