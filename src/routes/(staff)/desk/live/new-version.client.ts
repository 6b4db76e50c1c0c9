/** What open pages of staff do once the site has a new version, whose data their scripts do not know. */

import type { BeforeNavigate } from '@sveltejs/kit';
import { updated } from '$app/state';

/** Loads the page at its own address. `location.reload` would send a form again that was refused. */
export const loadAnew = (): void => location.replace(location.pathname + location.search);

/** For `beforeNavigate`: loads a whole page in place of its data. */
export function loadWholePage({ type, to, willUnload, cancel }: BeforeNavigate): void {
	if (!updated.current || willUnload || !to) return;
	// Back and Forward have already changed the address, and cancelling would change it again.
	if (type === 'popstate') return loadAnew();
	cancel();
	location.href = to.url.href;
}

/** Notes whether the person changes a form, whose files and choices a new page would drop. */
export function watchForms(): { changed: () => boolean; stop: () => void } {
	let changed = false;
	const note = ({ isTrusted, target }: Event) => {
		// Scripts change only text, which is kept.
		if (isTrusted && (target as HTMLInputElement).form?.method === 'post') changed = true;
	};
	document.addEventListener('input', note);
	return {
		changed: () => changed || hasChosenFiles(),
		stop: () => document.removeEventListener('input', note)
	};
}

/** Files are also chosen before the page's scripts run, or come back with Back. */
const hasChosenFiles = (): boolean =>
	[...document.querySelectorAll<HTMLInputElement>('input[type=file]')].some(({ files }) => files && files.length > 0);
