import java.util.*;
import java.util.stream.*;
public class Solution { record P(int x) {} sealed interface S permits A {} record A() implements S {} public static void main(String[] a) { Scanner s = new Scanner(System.in); System.out.println(Stream.of(new P(s.nextInt())).map(P::toString).collect(Collectors.joining())); } }
