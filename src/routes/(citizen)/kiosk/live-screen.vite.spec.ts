import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { KioskScreen } from '#lib/ratings/kiosk.ts';
import { LiveScreen } from './live-screen.svelte.ts';

const screen = {
	now: '2026-11-25T01:00:00.000Z',
	kiosk: 'k',
	officers: [],
	atDesk: { id: 'a', until: '2026-11-25T04:00:00.000Z' }
} as unknown as KioskScreen;

/** The last screen that the tablet has stored. */
let stored: string | null;
beforeEach(() => {
	stored = JSON.stringify(screen);
	vi.useFakeTimers({ now: new Date('2026-11-25T03:00:00Z') });
	const getItem = (key: string) => (key === 'kiosk-screen' ? stored : null);
	vi.stubGlobal('localStorage', { getItem, setItem: () => undefined });
	vi.stubGlobal('document', { visibilityState: 'visible', addEventListener: vi.fn(), removeEventListener: vi.fn() });
	vi.stubGlobal('addEventListener', vi.fn());
	vi.stubGlobal('removeEventListener', vi.fn());
	vi.stubGlobal('fetch', () => Promise.reject(new TypeError('offline')));
});
afterEach(() => {
	vi.unstubAllGlobals();
	vi.useRealTimers();
});

it('a tablet without a connection proposes no officer after the shift has ended', async () => {
	const live = new LiveScreen(screen, 30_000);
	const stop = live.begin();
	await vi.advanceTimersByTimeAsync(50 * 60_000);
	expect(live.whom.atDesk?.id).toBe('a');
	await vi.advanceTimersByTimeAsync(12 * 60_000);
	expect([live.lost, live.whom.atDesk]).toEqual([true, null]);
	stop();
});

it('a tablet that starts the next morning without a connection proposes nobody', () => {
	vi.setSystemTime('2026-11-26T01:00:00Z');
	const live = new LiveScreen({ ...screen, now: '2026-11-24T01:00:00.000Z' }, 30_000);
	const stop = live.begin();
	expect(live.whom.atDesk).toBeNull();
	stop();
});
