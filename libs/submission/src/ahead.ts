/** The same items: each is made while the one before it is worked on. Ends what makes them when nobody wants more. */
export async function* ahead<T>(items: AsyncGenerator<T>): AsyncGenerator<T> {
  try {
    for (let next = items.next(); ;) {
      const made = await next;
      if (made.done === true) return;
      next = items.next();
      // Told when it is asked for.
      next.catch(() => undefined);
      yield made.value;
    }
  } finally {
    await items.return(undefined);
  }
}
