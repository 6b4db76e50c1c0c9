/** What open pages of staff do once the site has a new version, whose data their scripts do not know. */

import type { BeforeNavigate } from '@sveltejs/kit';
import { updated } from '$app/state';

/** Loads the page at its own address. A fragment would only scroll. */
export const loadAnew = (): void => location.replace(location.pathname + location.search);

/** For `beforeNavigate`: loads a whole page in place of its data. */
export function loadWholePage({ type, to, willUnload, cancel }: BeforeNavigate): void {
	if (!updated.current || willUnload || !to) return;
	// Back and Forward have already changed the address, and cancelling would change it again.
	if (type === 'popstate') return loadAnew();
	cancel();
	location.href = to.url.href;
}
