import asyncio
async def f(i):
    await asyncio.sleep(0.01)
    return i
async def main():
    print(sum(await asyncio.gather(*(f(i) for i in range(50)))))
asyncio.run(main())
