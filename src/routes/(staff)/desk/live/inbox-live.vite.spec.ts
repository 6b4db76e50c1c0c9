import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { LiveEvent } from '#lib/cases/live.ts';
import type { InboxItem } from '#lib/server/cases/inbox/inbox.ts';
import type { InboxCounts } from '#lib/server/cases/inbox/counts.ts';
import { InboxLive } from './inbox-live.svelte.ts';

const site = vi.hoisted(() => ({
	load: (_address: string): unknown => undefined,
	listener: undefined as ((event: LiveEvent) => void) | undefined,
	updated: { current: false }
}));
vi.mock('$app/state', () => ({ updated: site.updated }));
vi.mock('$app/navigation', () => ({ preloadData: async (address: string) => site.load(address) }));
vi.mock('./desk-live.svelte.ts', () => ({
	deskLive: { on: (listener: typeof site.listener) => ((site.listener = listener), () => undefined) }
}));

const row = (assignee: string | null) => ({ id: 1, reference: 'R-1', assignee }) as unknown as InboxItem;
const counts = (open: number) => ({ open }) as unknown as InboxCounts;
const loaded = (asked: string | null, assignee: string | null, open: number) => ({
	type: 'loaded',
	status: 200,
	data: { asked, page: { items: [row(assignee)] }, counts: counts(open) }
});
const numberIn = (address: string) => new URL(address, 'http://localhost').searchParams.get('asked');

beforeEach(() => {
	vi.useFakeTimers();
	vi.stubGlobal('document', {
		visibilityState: 'visible',
		addEventListener: () => undefined,
		removeEventListener: () => undefined,
		querySelectorAll: () => []
	});
});
afterEach(() => {
	vi.useRealTimers();
	vi.unstubAllGlobals();
});

const change = (): void => site.listener?.({ kind: 'change', reference: 'R-1', entries: [] });

it('a request that fails changes nothing, and is made again', async () => {
	const live = new InboxLive({ items: [row(null)], counts: counts(1), address: '/desk', whole: true });
	const stop = live.start();
	site.load = (address) => loaded(numberIn(address), 'Sari', 2);
	change();
	await vi.advanceTimersByTimeAsync(1_000);
	expect([live.rows, live.counts]).toEqual([[row('Sari')], counts(2)]);

	// SvelteKit answers a request that failed with status 200 and the data of the shown page.
	let requests = 0;
	site.load = () => ((requests += 1), loaded(null, null, 1));
	change();
	await vi.advanceTimersByTimeAsync(5_000);
	expect(requests).toBe(1);
	expect([live.rows, live.counts]).toEqual([[row('Sari')], counts(2)]);

	site.load = (address) => loaded(numberIn(address), 'Budi', 3);
	await vi.advanceTimersByTimeAsync(11_000);
	expect([live.rows, live.counts]).toEqual([[row('Budi')], counts(3)]);
	stop();
});

it('a list that a navigation brought while a request was open is loaded again', async () => {
	const live = new InboxLive({ items: [row(null)], counts: counts(1), address: '/desk', whole: true });
	const stop = live.start();
	const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
	site.load = (address) => answered.then(() => loaded(numberIn(address), 'Sari', 2));
	change();
	await vi.advanceTimersByTimeAsync(2_000);
	// Read before the event.
	live.replace({ items: [row(null)], counts: counts(1), address: '/desk?mine=1', whole: false });
	let requested = '';
	site.load = (address) => ((requested = address), loaded(numberIn(address), 'Sari', 2));
	answer();
	await vi.advanceTimersByTimeAsync(1_000);
	expect(requested).toContain('mine=1');
	expect([live.rows, live.counts]).toEqual([[row('Sari')], counts(2)]);
	stop();
});

it('a page of a former version of the site does not load the data of the new one', async () => {
	const live = new InboxLive({ items: [row(null)], counts: counts(1), address: '/desk', whole: true });
	const stop = live.start();
	const load = vi.fn();
	site.load = load;
	site.updated.current = true;
	change();
	await vi.advanceTimersByTimeAsync(60_000);
	expect(load).not.toHaveBeenCalled();
	site.updated.current = false;
	stop();
});
