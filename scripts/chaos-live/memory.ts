/** What a process of the site says of itself, on loopback. */
export async function memoryOf(origin: string): Promise<{ rssMb: number; heapMb: number; streams: number }> {
	const text = await (await fetch(`${origin}/metrics`)).text();
	const figure = (name: string) => Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1] ?? NaN);
	return {
		rssMb: figure('spatula_process_resident_memory_bytes') / 1024 ** 2,
		heapMb: figure('spatula_nodejs_heap_size_used_bytes') / 1024 ** 2,
		streams: figure('spatula_live_streams')
	};
}
