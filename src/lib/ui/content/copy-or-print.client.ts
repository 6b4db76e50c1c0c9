/** Shows and serves the buttons to copy and to print a secret on a page that has no other scripts. */
const button = document.querySelector<HTMLButtonElement>('button[data-copies]');
const secret = document.getElementById(button?.dataset.copies ?? '')?.textContent ?? '';
const label = button?.querySelector('span');

// Without TLS browsers offer no clipboard; one tap selects the whole text.
if (button && label && 'clipboard' in navigator) {
	button.hidden = false;
	button.addEventListener('click', () => void copy(label, button.dataset.copied ?? ''));
}

async function copy(label: HTMLElement, done: string): Promise<void> {
	await navigator.clipboard.writeText(secret);
	const before = label.textContent;
	label.textContent = done;
	setTimeout(() => (label.textContent = before), 2000);
}

// The browser's menu prints without scripts.
for (const print of document.querySelectorAll<HTMLButtonElement>('button[data-prints]')) {
	print.hidden = false;
	print.addEventListener('click', () => window.print());
}
