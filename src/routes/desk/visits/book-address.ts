/** What a page of the guest book shows; what is left out is today, every state, the first page. */
interface BookChoice {
	unit: string;
	day?: string | undefined;
	state?: string | undefined;
	cursor?: string | null | undefined;
	/** `none`: at no desk. */
	desk?: string | undefined;
}

export function bookAddress(choice: BookChoice): string {
	const query = new URLSearchParams();
	for (const [name, value] of Object.entries(choice)) if (value) query.set(name, value as string);
	return `/desk/visits?${query}`;
}
