/** Goes where a link leads and leaves no way back to what stood here. Without scripts the link leads there by itself. */
export function goInPlace(event: MouseEvent & { currentTarget: HTMLAnchorElement }): void {
	event.preventDefault();
	location.replace(event.currentTarget.href);
}
