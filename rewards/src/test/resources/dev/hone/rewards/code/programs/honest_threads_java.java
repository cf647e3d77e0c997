import java.util.concurrent.*;
import java.util.stream.*;
public class Main { public static void main(String[] a) throws Exception { ExecutorService e = Executors.newFixedThreadPool(8); long n = 0; for (Future<Integer> f : e.invokeAll(IntStream.range(0, 50).<Callable<Integer>>mapToObj(i -> () -> i).collect(Collectors.toList()))) n += f.get(); e.shutdown(); System.out.println(n); } }
