/** Shows and serves the buttons to copy and to print a secret on a page that has no other scripts. */
const button = document.querySelector<HTMLButtonElement>('button[data-copies]');
const secret = document.getElementById(button?.dataset.copies ?? '');
const label = button?.querySelector('span');
const before = label?.textContent ?? '';

// Without TLS browsers offer no clipboard; one tap selects the whole text.
if (button && label && secret && 'clipboard' in navigator) {
	button.hidden = false;
	button.addEventListener('click', () => void copy(secret, label, button.dataset.copied ?? ''));
}

async function copy(secret: HTMLElement, label: HTMLElement, done: string): Promise<void> {
	try {
		await navigator.clipboard.writeText(secret.textContent);
	} catch {
		// Apps that show pages may refuse it. Selected, the text can be copied with the phone's own menu.
		return getSelection()?.selectAllChildren(secret);
	}
	label.textContent = done;
	setTimeout(() => (label.textContent = before), 2000);
}

// The browser's menu prints without scripts.
for (const print of document.querySelectorAll<HTMLButtonElement>('button[data-prints]')) {
	print.hidden = false;
	print.addEventListener('click', () => window.print());
}
