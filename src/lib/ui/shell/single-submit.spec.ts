import { afterEach, beforeEach, expect, test, vi } from 'vitest';

const listeners: Record<string, (event: unknown) => void> = {};
beforeEach(async () => {
	vi.useFakeTimers();
	vi.stubGlobal('addEventListener', (type: string, listener: (event: unknown) => void) => (listeners[type] = listener));
	vi.stubGlobal('document', { querySelector: () => ({ dataset: { unsent: 'Belum terkirim.' } }) });
	vi.resetModules();
	await import('./single-submit.client.ts');
});
afterEach(() => {
	vi.useRealTimers();
	vi.unstubAllGlobals();
});

const makeForm = (method = 'POST', dataset: Record<string, string> = {}) => ({ getAttribute: () => method, dataset });

/** Whether the browser sends the form after this submit. */
function sends(form: object, defaultPrevented = false): boolean {
	const event = { target: form, defaultPrevented, preventDefault: () => (event.defaultPrevented = true) };
	listeners.submit?.(event);
	return !event.defaultPrevented;
}

test('a form is sent once until the page comes back or the request took too long', () => {
	const [form, other] = [makeForm(), makeForm('post')];
	expect([sends(form), sends(form), sends(other), sends(other)]).toEqual([true, false, true, false]);
	listeners.pageshow?.({});
	expect([sends(form), sends(form)]).toEqual([true, false]);
	vi.advanceTimersByTime(30_000);
	expect([sends(form), sends(form)]).toEqual([true, false]);
});

test('searches, downloads and forms that a script sends can be repeated', () => {
	const scripted = makeForm();
	expect([sends(scripted, true), sends(scripted)]).toEqual([false, true]);
	for (const form of [makeForm('GET'), makeForm('POST', { downloads: '' })])
		expect([sends(form), sends(form)]).toEqual([true, true]);
});

test('the second click of a double click changes no field to which the browser scrolled', () => {
	const isIgnored = (detail: number, timeStamp: number) => {
		let ignored = false;
		listeners.click?.({ detail, timeStamp, preventDefault: () => (ignored = true) });
		return ignored;
	};
	expect(isIgnored(1, 100)).toBe(false);
	const form = { reportValidity: vi.fn() };
	listeners.invalid?.({ timeStamp: 1000, target: { form } });
	// A new click, as of a quick person who ticks the missing box, and the space bar still count.
	expect([isIgnored(2, 1200), isIgnored(1, 1200), isIgnored(0, 1200)]).toEqual([true, false, false]);
	expect(isIgnored(2, 1600)).toBe(false);
	// It closed the browser's message.
	expect(form.reportValidity).toHaveBeenCalledOnce();
});

/** Submits a form after the connection was lost, and waits until the script has asked the site. */
async function submitOffline(fetched: () => Promise<unknown>) {
	vi.stubGlobal('fetch', fetched);
	const button = { setCustomValidity: vi.fn(), reportValidity: vi.fn() };
	const form = {
		...makeForm(),
		querySelector: () => button,
		dispatchEvent: vi.fn<(event: Event) => boolean>(),
		requestSubmit: vi.fn()
	};
	listeners.offline?.({});
	expect(sends(form)).toBe(false);
	await vi.advanceTimersByTimeAsync(0);
	return { form, button };
}

test('without a connection the page stays, the text counts as not sent, and the next press tries again', async () => {
	const { form, button } = await submitOffline(() => Promise.reject(new TypeError('offline')));
	expect(form.requestSubmit).not.toHaveBeenCalled();
	// With this event, the script that keeps the text stores it as not sent.
	expect(form.dispatchEvent.mock.lastCall?.[0].type).toBe('input');
	expect(button.setCustomValidity).toHaveBeenLastCalledWith('Belum terkirim.');
	expect(button.reportValidity).toHaveBeenCalledOnce();
	listeners.click?.({});
	expect(button.setCustomValidity).toHaveBeenLastCalledWith('');
});

test('a site that responds gets the form although the browser has no network', async () => {
	const { form, button } = await submitOffline(() => Promise.resolve(new Response('ok')));
	expect(form.requestSubmit).toHaveBeenCalledOnce();
	expect(button.setCustomValidity).not.toHaveBeenCalled();
	expect(sends(form)).toBe(true);
});
